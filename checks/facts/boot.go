package facts

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Limits of following the boot of one root file system.
const (
	maxBootSteps    = 400000 // statements of all scripts
	maxBootScripts  = 4000   // runs of scripts
	maxBootServices = 4096
	maxBootCommands = 50000
)

// BootGraph is what the image does when it starts, as far as its files say.
type BootGraph struct {
	Inits     []Init          `json:"inits"`
	Services  []Service       `json:"services"`
	Consoles  []Console       `json:"consoles"`
	SSH       []SSHServer     `json:"ssh"`
	Commands  []BootCommand   `json:"commands"`
	Outward   []RemoteShell   `json:"outward,omitempty"` // shells that connect to another machine
	Passwords []PasswordWrite `json:"passwords"`
}

// Init is the first program of a root file system.
type Init struct {
	Root     string         `json:"root"`              // container
	Kind     string         `json:"kind"`              // busybox, sysv, procd, systemd, runit, android, script, shell, …; empty if there is none
	Problem  string         `json:"problem,omitempty"` // what of it could not be followed
	Unjudged []Unjudged     `json:"unjudged,omitempty"`
	Odd      []Unjudged     `json:"odd,omitempty"` // scripts that are no plain text, read as a shell reads them
	Location assay.Location `json:"location"`
}

// BootCommand is a command that runs when the device starts.
type BootCommand struct {
	Command
	Via string `json:"via"` // boot path in words
}

// Boot is the boot graph.
var Boot = &Fact[BootGraph]{
	Name:    "boot",
	Doc:     "What the init systems of the image start, followed through scripts, links, units and settings.",
	Version: 17,
	Needs:   []Node{Tree, Roots, Texts, Applets, Programs, illegibleScan, brokerScan, compiledLines},
	Observe: func(o *Observer) (BootGraph, error) {
		all := BootGraph{Inits: []Init{}, Services: []Service{}, Consoles: []Console{}, SSH: []SSHServer{}, Commands: []BootCommand{}, Passwords: []PasswordWrite{}}
		img, err1 := Tree.Of(o)
		roots, err2 := Roots.Of(o)
		set, err3 := Texts.Of(o)
		tables, err4 := Applets.Of(o)
		programs, err5 := Programs.Of(o)
		scripts, err6 := illegibleScan.Of(o)
		brokers, err7 := brokerScan.Of(o)
		compiled, err8 := compiledLines.Of(o)
		for _, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
			if err != nil {
				return all, err
			}
		}
		unread := map[*firmware.File]bool{}
		for _, f := range scripts {
			unread[f] = true
		}
		named, lines := kernelInits(set), kernelLines(set)
		for _, c := range img.Containers {
			if !bootable(c, roots) {
				continue
			}
			fresh := func() *boot {
				g := newBoot(img, c, set, tables)
				g.know(programs)
				g.unread = unread
				for _, b := range brokers {
					g.brokers[b.file] = b.local
				}
				for _, line := range compiled {
					g.compiled[line.file] = append(g.compiled[line.file], line)
				}
				g.kernelInits, g.kernelLines = named, lines
				g.otherRoots = slices.ContainsFunc(img.Containers, func(o *firmware.Container) bool { return o != c && bootable(o, roots) })
				return g
			}
			g := fresh()
			g.start()
			g.followLater(fresh)
			all.Inits = append(all.Inits, g.init)
			all.Services = append(all.Services, g.services...)
			all.Consoles = append(all.Consoles, g.consoles...)
			all.SSH = append(all.SSH, g.sshServers()...)
			all.Commands = slices.Grow(all.Commands, len(g.commands))
			for _, c := range g.commands {
				all.Commands = append(all.Commands, *c)
			}
			all.Outward = append(all.Outward, g.away...)
			all.Passwords = append(all.Passwords, g.passwords...)
		}
		all.Consoles = append(append(all.Consoles, kernelConsoles(img, set)...), kernelDebuggers(lines)...)
		return all, nil
	},
}

// bootable also takes an Android system partition, which is no Unix root.
func bootable(c *firmware.Container, roots []Root) bool {
	if amongRoots(c, roots) {
		return true
	}
	_, ok := androidFolder(c)
	return c.FileSystem && ok
}

// Services are the services of the image, started or not, by root and name.
var Services = &Fact[[]Service]{
	Name:    "services",
	Version: 13,
	Doc:     "Programs that wait for others: whether they are started, as whom, on which address and port, with which settings.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]Service, error) {
		g, err := Boot.Of(o)
		return g.Services, err
	},
}

// Inits are the init systems of the root file systems.
var Inits = &Fact[[]Init]{
	Name:    "inits",
	Version: 11,
	Doc:     "The first program of each root file system, and what of it could not be followed.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]Init, error) {
		g, err := Boot.Of(o)
		return g.Inits, err
	},
}

// boot follows the start of one root file system.
type boot struct {
	img    *firmware.Image
	root   *firmware.Container
	texts  *TextSet
	tables []AppletTable
	dirs   map[string][]*firmware.File // of the root, by folder
	world  *shellWorld

	init     Init
	services []Service
	consoles []Console
	ssh      []sshIndex
	commands []*BootCommand
	away     []RemoteShell
	programs map[string]Program      // by name
	unread   map[*firmware.File]bool // scripts that are no texts
	brokers  map[*firmware.File]Known
	compiled map[*firmware.File][]compiledLine // commands in programs

	passwords []PasswordWrite // at first those that compiled programs set

	via       []string
	way       string            // via in words, once that was asked
	found     map[string]string // programs in programFolders, by their names; empty if there is none
	running   map[string]int    // scripts on the way, so that none calls itself for ever
	ran       map[string]bool
	scripts   int
	touched   map[string]bool // files that the boot makes
	brought   map[string]bool // files and folders that the boot fills from elsewhere
	replaced  map[string]bool // files that are fetched
	mounted   map[string]bool // folders over which another file system lies
	runnable  map[string]bool // files that are made executable
	mirrors   map[string]bool // folders that show this root
	memory    map[string]bool // folders in memory
	written   map[string]*writtenFile
	event     bool            // an event runs what runs now
	failsafe  bool            // OpenWrt's failsafe mode runs what runs now
	initFile  *firmware.File  // the script in the place of init that runs now
	terminal  string          // that init gives the next program
	doubt     bool            // what runs now is run by an event that may never come
	hooked    map[string]bool // hooks that were followed
	enabled   []enabledScript
	took      map[string]bool // files that scripts took in
	installed bool            // busybox --install makes the links of its applets
	packages  map[string]uciPackage
	missing   map[string]bool
	props     map[string]property // of Android, set by commands

	writtenBytes int
	starters     int
	kernelInits  []string // programs that kernel command lines name as init
	kernelLines  []kernelLine
	handedTo     string // the init to which a script in its place hands over
	units        unitQueue
	manager      unitManager
	modules      []moduleLine // settings of modprobe, once they were read
	otherRoots   bool         // the image holds another root file system
	later        bool         // files that may come count as perhaps there
	awaited      map[string]bool
	rootWritten  Known    // whether the device can write the root, once that was asked
	pivoted      bool     // pivot_root gave the device another root
	bins         []string // folders of the tools of the packages whose scripts run
}

// tooDeeply is why what a script calls was not followed to its end.
const tooDeeply = "its scripts and functions call one another too deeply to be followed"

func newBoot(img *firmware.Image, root *firmware.Container, set *TextSet, tables []AppletTable) *boot {
	g := &boot{
		img: img, root: root, texts: set, dirs: map[string][]*firmware.File{},
		init:    Init{Root: root.Path, Location: assay.Location{Path: root.Path}},
		running: map[string]int{}, ran: map[string]bool{}, touched: map[string]bool{}, brought: map[string]bool{}, programs: map[string]Program{},
		replaced: map[string]bool{}, mounted: map[string]bool{}, runnable: map[string]bool{}, mirrors: map[string]bool{}, memory: map[string]bool{},
		packages: map[string]uciPackage{}, missing: map[string]bool{}, written: map[string]*writtenFile{}, hooked: map[string]bool{}, took: map[string]bool{},
		awaited: map[string]bool{}, found: map[string]string{}, brokers: map[*firmware.File]Known{}, compiled: map[*firmware.File][]compiledLine{},
	}
	for _, t := range tables {
		if strings.HasPrefix(t.Location.Path, root.Path+"!") {
			g.tables = append(g.tables, t)
		}
	}
	for _, f := range img.Files {
		if f.Container == root {
			dir := path.Dir(f.Name)
			g.dirs[dir] = append(g.dirs[dir], f)
		}
	}
	g.world = &shellWorld{
		texts: set, left: maxBootSteps, run: g.run, glob: g.glob, exists: g.exists, config: g.config, find: g.find, read: g.read, procd: g.startInstance,
		lookup: g.sourced,
		cut: func(r *shellRun) {
			at := At(r.src.File)
			if r.place != nil {
				at = *r.place
			}
			g.unjudge(at, tooDeeply)
		},
	}
	return g
}

// know takes in the programs of the root.
func (g *boot) know(programs []Program) {
	for _, p := range programs {
		if p.Root == g.root.Path {
			g.programs[p.Name] = p
		}
	}
}

// read gives what a file holds as shipped, if the boot does not change it.
func (g *boot) read(name string) (string, bool) {
	clean := strings.TrimPrefix(path.Clean("/"+name), "/")
	t, ok := g.texts.Get(g.root, clean)
	if !ok || g.isBrought(clean) || len(t.Content) > maxWord {
		return "", false
	}
	return strings.TrimRight(t.Content, "\n"), true
}

// start finds the init system and follows it.
func (g *boot) start() {
	g.findInit()
	if g.isOpenWrt() {
		g.hotplugFolders()
		g.hotplugTables()
	}
	g.runEnabled()
	g.otherModules()
	g.pages()
	if g.world.left <= 0 {
		g.init.Problem = "the boot scripts run too many statements to follow"
	}
	g.settle()
	g.sortServices()
}

func (g *boot) sortServices() {
	slices.SortStableFunc(g.services, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
}

// steps says the way to what runs now.
func (g *boot) steps() string {
	if g.way == "" {
		g.way = strings.Join(g.via, " → ")
	}
	return g.way
}

// begins sets the way to what runs now.
func (g *boot) begins(via ...string) { g.via, g.way = append(g.via[:0], via...), "" }

// tell notes a command that runs.
func (g *boot) tell(c *Command) {
	if len(g.commands) < maxBootCommands {
		g.commands = append(g.commands, &BootCommand{*c, g.steps()})
	}
}

// through runs f one step further on the way.
func (g *boot) through(step string, f func()) {
	if lastOf(g.via) == step {
		f()
		return
	}
	g.via, g.way = append(g.via, step), ""
	f()
	g.via, g.way = g.via[:len(g.via)-1], ""
}

// note keeps the first problem.
func (g *boot) note(format string, args ...any) {
	if g.init.Problem == "" {
		g.init.Problem = fmt.Sprintf(format, args...)
	}
}
