package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxBootHooks bounds the functions that one hook of OpenWrt's preinit calls.
const maxBootHooks = 256

// preinitFile is what OpenWrt's kernel, or procd's init, runs before all else.
const preinitFile = "etc/preinit"

// preinit follows it; whether it runs is not sure where nothing else of OpenWrt is
// there. procd's init sets PREINIT.
func (g *boot) preinit() {
	f, ok := g.root.Lookup(preinitFile)
	if !ok || f.Kind != firmware.Regular {
		return
	}
	t, ok := g.texts.Of(f)
	if !ok || strings.HasPrefix(t.Content, "#!") && shellOf(t.Content) == "" {
		return
	}
	run := func() {
		l := g.from(At(f))
		l.env = knownEnvironment(map[string]string{"PREINIT": "1"})
		g.follow(l, t, nil)
	}
	if g.isFile("sbin/procd") || g.isFile("lib/functions.sh") || g.isFile("etc/functions.sh") || slices.Contains(g.kernelInits, preinitFile) {
		run()
	} else {
		g.maybe(run)
	}
}

// bootHook is a function that a hook of preinit calls.
type bootHook struct {
	name   shellValue
	unsure bool
}

// bootHooks are the hooks of one run of preinit, by name.
type bootHooks struct {
	boot    *boot
	lists   map[string][]bootHook
	ran     map[string]bool
	spliced int // functions at the front that were added since the splice began; less than 0 outside of one
}

// preinitCommands are the functions of OpenWrt's lib/functions/preinit.sh with the
// others whose effect is known. They have state: each run has its own.
func (g *boot) preinitCommands() map[string]func(*shellRun, []shellValue) (outcome, flow) {
	h := &bootHooks{boot: g, lists: map[string][]bootHook{}, ran: map[string]bool{}, spliced: -1}
	commands := map[string]func(*shellRun, []shellValue) (outcome, flow){
		"boot_hook_init":          h.empty,
		"boot_hook_add":           h.add,
		"boot_hook_splice_start":  func(*shellRun, []shellValue) (outcome, flow) { h.spliced = 0; return works, goesOn },
		"boot_hook_splice_finish": func(*shellRun, []shellValue) (outcome, flow) { h.spliced = -1; return works, goesOn },
		"boot_run_hook":           h.run,
	}
	for name, f := range openwrtCommands {
		commands[name] = f
	}
	return commands
}

func (h *bootHooks) empty(_ *shellRun, a []shellValue) (outcome, flow) {
	if len(a) > 0 {
		delete(h.lists, a[0].text)
	}
	return works, goesOn
}

// add is boot_hook_add HOOK FUNCTION: behind the others, or before them while a
// splice is open.
func (h *bootHooks) add(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 2 || a[1].text == "" {
		return fails, goesOn
	}
	list := h.lists[a[0].text]
	if len(list) >= maxBootHooks {
		h.boot.note("%s: a hook has more than %d functions", preinitFile, maxBootHooks)
		return unsure, goesOn
	}
	at := len(list)
	if h.spliced >= 0 {
		at = min(h.spliced, at)
		h.spliced++
	}
	h.lists[a[0].text] = slices.Insert(list, at, bootHook{a[1], r.doubtful() || !a[0].known})
	return works, goesOn
}

// run is boot_run_hook HOOK: each function once. Where whether the hook "failsafe"
// runs is left open, it takes a person who presses a key or a button.
func (h *bootHooks) run(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) == 0 {
		return unsure, goesOn
	}
	was := h.boot.failsafe
	h.boot.failsafe = was || a[0].text == "failsafe" && r.unsure
	defer func() { h.boot.failsafe = was }()
	for len(h.lists[a[0].text]) > 0 {
		list := h.lists[a[0].text]
		next := list[0]
		h.lists[a[0].text] = list[1:]
		if h.ran[next.name.text] {
			continue
		}
		h.ran[next.name.text] = !r.doubtful() && !next.unsure
		_, f := r.under(!next.unsure, nil, func() (outcome, flow) { return h.call(r, next.name, a[1:]) })
		if f == exits && !next.unsure {
			return unsure, exits
		}
	}
	return works, goesOn
}

// call runs a function of a hook, or a program that stands in its place.
func (h *bootHooks) call(r *shellRun, name shellValue, args []shellValue) (outcome, flow) {
	if _, ok := r.funcs[name.text]; ok || r.callAt == nil {
		return r.callNamed(name.text, args)
	}
	return r.emit(&Command{Name: name.text, Args: texts(args)}, r.callAt.Pos(), r.callAt.End(), nil), goesOn
}
