package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// maxUpstartJobs bounds the jobs of upstart.
const maxUpstartJobs = 512

// upstartJob is a file of /etc/init (init(5) of upstart): when it starts, and what it
// runs, in the order in which upstart does.
type upstartJob struct {
	name    string
	startOn string
	task    bool
	user    string
	dir     string
	console string
	env     map[string]string
	stages  map[string]upstartStage // by pre-start, main, post-start, pre-stop, post-stop
	text    Text
}

type upstartStage struct {
	exec, script string
	line         Line
}

// isUpstart reports whether the first program is upstart: it has jobs and no inittab.
func (g *boot) isUpstart(init initProgram) bool {
	return init.file != nil && init.text == nil && !isMultiCall(init.file.Name) && !g.isFile("etc/inittab") && slices.ContainsFunc(g.upstartFiles(), func(t Text) bool {
		return strings.Contains(t.Content, "start on ")
	})
}

func (g *boot) upstartFiles() (all []Text) {
	for _, f := range g.sorted("etc/init") {
		if t, ok := g.texts.Get(g.root, f.Name); ok && strings.HasSuffix(f.Name, ".conf") && len(all) < maxUpstartJobs {
			all = append(all, t)
		}
	}
	return all
}

// upstart starts the jobs that wait for an event that the boot brings: startup itself,
// what mountall and the run level tell, and that of another job. An event of another
// name may never come.
func (g *boot) upstart() {
	g.begin("upstart", assay.Location{Path: g.root.Path + "!etc/init"})
	var jobs []upstartJob
	for _, t := range g.upstartFiles() {
		j := g.upstartJob(t)
		if over, ok := g.texts.Get(g.root, strings.TrimSuffix(t.File.Name, ".conf")+".override"); ok {
			g.upstartLines(&j, over)
		}
		if j.startOn != "" {
			jobs = append(jobs, j)
		}
	}
	sure := map[string]bool{}
	for again := true; again; {
		again = false
		for _, j := range jobs {
			if !sure[j.name] && upstartStarts(j.startOn, sure) == works {
				sure[j.name], again = true, true
			}
		}
	}
	for _, j := range jobs {
		run := func() { g.through(j.text.File.Name, func() { g.upstartRun(j) }) }
		switch upstartStarts(j.startOn, sure) {
		case works:
			run()
		case unsure:
			g.maybe(run)
		}
	}
}

// upstartEvents are those that each start of a device brings.
var upstartEvents = []string{"startup", "virtual-filesystems", "local-filesystems", "remote-filesystems", "all-swaps", "filesystem", "mounted", "mounting", "mountall", "runlevel", "net-device-up", "static-network-up", "desktop-session-start"}

// upstartStarts judges whether a start of the device brings the event for which a job
// waits, or one of several.
func upstartStarts(on string, jobs map[string]bool) outcome {
	got := fails
	on = strings.NewReplacer("(", " ", ")", " ").Replace(on)
	for either := range strings.SplitSeq(on, " or ") {
		all := works
		for event := range strings.SplitSeq(either, " and ") {
			switch f := strings.Fields(event); {
			case len(f) == 0:
			case slices.Contains([]string{"started", "starting", "stopped", "stopping"}, f[0]):
				if len(f) == 1 || !jobs[strings.TrimPrefix(f[1], "JOB=")] {
					all = min(all, unsure)
				}
			case f[0] == "runlevel" && len(f) > 1:
				all = min(all, outcomeOf(upstartLevel(f[1])))
			case !slices.Contains(upstartEvents, f[0]):
				all = min(all, unsure)
			}
		}
		got = max(got, all)
	}
	return got
}

// upstartLevel reports whether a word of an event names the run level of a device that
// is up, 2 by default.
func upstartLevel(word string) bool {
	levels := strings.TrimPrefix(word, "RUNLEVEL=")
	if levels, not := strings.CutPrefix(levels, "[!"); not {
		return !strings.Contains(levels, "2")
	}
	return strings.Contains(levels, "2")
}

func (g *boot) upstartJob(t Text) upstartJob {
	j := upstartJob{name: strings.TrimSuffix(path.Base(t.File.Name), ".conf"), env: map[string]string{}, stages: map[string]upstartStage{}, text: t}
	g.upstartLines(&j, t)
	return j
}

// upstartLines reads the stanzas of a job, or of its override.
func (g *boot) upstartLines(j *upstartJob, t Text) {
	stage, depth, open := "", 0, strings.Builder{}
	var begin Line
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if stage != "" {
			if s == "end script" {
				j.stages[stage] = upstartStage{script: open.String(), line: begin}
				stage = ""
				open.Reset()
			} else if open.Len() < MaxScript {
				open.WriteString(line.Text + "\n")
			}
			continue
		}
		f := strings.Fields(s)
		if len(f) == 0 || s[0] == '#' {
			continue
		}
		if depth > 0 { // of "start on ("
			j.startOn += " " + s
			depth += strings.Count(s, "(") - strings.Count(s, ")")
			continue
		}
		name := "main"
		if slices.Contains([]string{"pre-start", "post-start", "pre-stop", "post-stop"}, f[0]) && len(f) > 1 {
			name, f = f[0], f[1:]
		}
		rest := strings.Join(f[1:], " ")
		switch {
		case f[0] == "start" && len(f) > 2 && f[1] == "on":
			j.startOn = strings.TrimSuffix(strings.Join(f[2:], " "), `\`)
			depth = strings.Count(s, "(") - strings.Count(s, ")")
		case f[0] == "manual":
			j.startOn = ""
		case f[0] == "exec":
			j.stages[name] = upstartStage{exec: rest, line: line}
		case f[0] == "script":
			stage, begin = name, line
		case f[0] == "task":
			j.task = true
		case f[0] == "setuid":
			j.user = rest
		case f[0] == "chdir":
			j.dir = rest
		case f[0] == "console":
			j.console = rest
		case f[0] == "env":
			putVariable(j.env, rest)
		}
	}
}

// upstartRun runs what a job runs; its scripts are those of a shell that ends at the
// first failure.
func (g *boot) upstartRun(j upstartJob) {
	for _, name := range []string{"pre-start", "main", "post-start"} {
		s, ok := j.stages[name]
		if !ok {
			continue
		}
		l := g.from(j.text.At(s.line))
		l.user, l.dir, l.unit, l.env = j.user, j.dir, j.name, knownEnvironment(j.env)
		l.daemon, l.once = name == "main" && !j.task, name != "main"
		if j.console == "owner" || j.console == "output" {
			l.tty = "console"
		}
		if s.script != "" {
			g.inline(l, s.script)
			continue
		}
		if k, ok := g.console("", s.exec, l.cmd.Location); ok && (l.tty != "" || opensTerminal(strings.Fields(s.exec))) {
			k.Uncertain = l.cmd.Conditional
			g.consoles = append(g.consoles, k)
			g.consoleScripts(l, s.exec, false)
			continue
		}
		g.line(l, s.exec)
	}
}
