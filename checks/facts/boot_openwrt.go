package facts

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// rcCommon runs an init script of OpenWrt: /etc/rc.common takes in the script
// and calls the function that the action names.
func (g *boot) rcCommon(r *shellRun, stmts []*syntax.Stmt) {
	action := "start"
	if len(r.args) > 0 && r.args[0].known {
		action = r.args[0].text
	}
	commands := maps.Clone(openwrtCommands)
	start := func(r *shellRun, args []shellValue) (outcome, flow) {
		name := "start"
		if v, ok := r.vars["USE_PROCD"]; ok && v.text != "" {
			name = "start_service"
		}
		if f, ok := r.funcs[name]; ok {
			return r.call(name, f, args, true)
		}
		return unsure, goesOn
	}
	commands["rc_procd"] = func(r *shellRun, args []shellValue) (outcome, flow) {
		if len(args) == 0 {
			return unsure, goesOn
		}
		if f, ok := r.funcs[args[0].text]; ok {
			return r.call(args[0].text, f, args[1:], true)
		}
		return unsure, goesOn
	}
	r.builtin = commands
	r.vars["initscript"] = r.arg0
	r.stmts(stmts)
	if _, procd := r.vars["USE_PROCD"]; procd || r.funcs["start"].body == nil {
		commands["start"] = start
	}
	if f, ok := r.funcs["boot"]; ok && action == "boot" {
		r.call("boot", f, r.args[min(1, len(r.args)):], true)
	} else if action == "boot" || action == "start" {
		start(r, nil)
	} else if f, ok := r.funcs[action]; ok {
		r.call(action, f, nil, true)
	}
	r.closeInstance()
}

// openwrtCommands are functions of OpenWrt's shell libraries whose effect is
// known: reading settings and describing services to procd.
var openwrtCommands = map[string]func(*shellRun, []shellValue) (outcome, flow){
	"config_load":          configLoad,
	"config_get":           configGet,
	"config_get_bool":      configGetBool,
	"config_foreach":       configForeach,
	"config_list_foreach":  configListForeach,
	"uci_validate_section": validateSection,
	"uci_load_validate":    loadValidate,
	"procd_open_instance": func(r *shellRun, _ []shellValue) (outcome, flow) {
		r.closeInstance()
		r.procd = &procdInstance{}
		return works, goesOn
	},
	"procd_set_param":      procdParam,
	"procd_append_param":   procdParam,
	"procd_close_instance": func(r *shellRun, _ []shellValue) (outcome, flow) { r.closeInstance(); return works, goesOn },
}

func configLoad(r *shellRun, a []shellValue) (outcome, flow) {
	r.uci = nil
	if len(a) > 0 && a[0].known && r.world.config != nil {
		p, ok := r.world.config(path.Base(a[0].text))
		r.uci = p
		return outcomeOf(ok), goesOn
	}
	return unsure, goesOn
}

// option reads a section's option as config_get does: name, section, option, default.
func (r *shellRun) option(a []shellValue) shellValue {
	v := knownValue("")
	if !a[1].known || !a[2].known {
		return shellValue{text: "$" + a[0].text}
	}
	if s, ok := r.uci.section(a[1].text); ok {
		o, _ := s.get(a[2].text)
		v = knownValue(strings.Join(o.Values, " "))
	}
	if v.text == "" && len(a) > 3 {
		return a[3]
	}
	return v
}

func configGet(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) >= 3 {
		r.put(a[0].text, r.option(a))
	}
	return works, goesOn
}

func configGetBool(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 3 {
		return works, goesOn
	}
	v := r.option(a)
	if v.known {
		switch v.text {
		case "1", "on", "true", "yes", "enabled":
			v.text = "1"
		case "0", "off", "false", "no", "disabled":
			v.text = "0"
		default:
			if v.text = ""; len(a) > 3 {
				v = a[3]
			}
		}
	}
	r.put(a[0].text, v)
	return works, goesOn
}

// configForeach calls a function for each section of a type.
func configForeach(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) == 0 {
		return unsure, goesOn
	}
	p := r.uci
	for i, s := range p {
		if len(a) > 1 && a[1].text != "" && s.Type != a[1].text || i >= maxShellLoop {
			continue
		}
		args := append([]shellValue{knownValue(p.id(i))}, a[min(2, len(a)):]...)
		r.callNamed(a[0].text, args)
		r.uci = p
	}
	return works, goesOn
}

func configListForeach(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 3 {
		return unsure, goesOn
	}
	s, _ := r.uci.section(a[0].text)
	o, _ := s.get(a[1].text)
	for _, v := range o.Values[:min(len(o.Values), maxShellLoop)] {
		r.callNamed(a[2].text, append([]shellValue{knownValue(v)}, a[3:]...))
	}
	return works, goesOn
}

func (r *shellRun) callNamed(name string, args []shellValue) (outcome, flow) {
	if f, ok := r.funcs[name]; ok {
		return r.call(name, f, args, true)
	}
	if b, ok := r.builtin[name]; ok {
		return b(r, args)
	}
	return unsure, goesOn
}

// validateSection sets a variable for each "option:type:default".
func validateSection(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 3 {
		return unsure, goesOn
	}
	p := r.uci
	if r.world.config != nil {
		p, _ = r.world.config(a[0].text)
	}
	s, _ := p.section(a[2].text)
	for _, spec := range a[3:] {
		parts := splitSpec(spec.text)
		v := ""
		if o, ok := s.get(parts[0]); ok {
			v = strings.Join(o.Values, " ")
		} else if len(parts) > 2 {
			v = strings.Trim(parts[2], `"`)
		}
		if len(parts) > 1 && parts[1] == "bool" {
			v = boolDigit(v)
		}
		r.put(parts[0], knownValue(v))
	}
	return works, goesOn
}

func boolDigit(v string) string {
	switch v {
	case "on", "true", "yes", "enabled":
		return "1"
	case "off", "false", "no", "disabled":
		return "0"
	}
	return v
}

// splitSpec splits at colons that stand outside of brackets.
func splitSpec(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ':':
			if depth == 0 && len(parts) < 2 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

// loadValidate is uci_load_validate PACKAGE TYPE SECTION FUNCTION SPEC….
func loadValidate(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 4 {
		return unsure, goesOn
	}
	validateSection(r, slices.Concat(a[:3], a[4:]))
	if a[3].text == "" {
		return works, goesOn
	}
	return r.callNamed(a[3].text, []shellValue{a[2], knownValue("0")})
}

func procdParam(r *shellRun, a []shellValue) (outcome, flow) {
	if r.procd == nil {
		r.procd = &procdInstance{}
	}
	if len(a) < 2 {
		return works, goesOn
	}
	switch a[0].text {
	case "command":
		r.procd.words = append(r.procd.words, texts(a[1:])...)
		if len(r.procd.words) > maxFields {
			r.procd.words = r.procd.words[:maxFields]
		}
		r.procd.unsure = r.procd.unsure || r.doubtful() && len(r.procd.words) == len(a)-1
		if r.procd.place == nil && r.callAt != nil {
			at := r.at(r.callAt.Pos(), r.callAt.End())
			r.procd.place = &at
		}
	case "user":
		r.procd.user = a[1].text
	case "env":
		for _, v := range a[1:] {
			if name, value, ok := strings.Cut(v.text, "="); ok && len(r.procd.env) < maxFields {
				r.procd.env = append(r.procd.env, Assign{name, value})
			}
		}
	}
	return works, goesOn
}

// closeInstance hands the instance to procd, which starts it.
func (r *shellRun) closeInstance() {
	p := r.procd
	r.procd = nil
	if p == nil || len(p.words) == 0 {
		return
	}
	if p.place == nil {
		at := At(r.src.File)
		p.place = &at
	}
	c := &Command{Name: "procd", Args: p.words, Assigns: p.env, Conditional: r.doubtful() || p.unsure, Function: r.function, Location: *p.place}
	r.last, r.negated = r.count, false
	r.count++
	if r.world.procd != nil {
		r.world.procd(r, c, p.user)
	}
}

// startInstance starts what an init script described to procd.
func (g *boot) startInstance(r *shellRun, c *Command, user string) {
	c.Name, c.Args = c.Args[0], c.Args[1:]
	g.tell(c)
	g.launch(&launch{run: r, cmd: c, words: append([]string{c.Name}, c.Args...), user: user, daemon: true})
}
