package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxHooks bounds the hooks that are followed in one root.
const maxHooks = 1024

// hookProgram is a program that runs scripts when something happens: an address
// is given, a cable is plugged in, a key is pressed.
type hookProgram struct {
	name    string
	flags   []string // that name a script
	files   []string // that are run without a word
	folders []string // whose files are run
}

var hookPrograms = []hookProgram{
	{"udhcpc", []string{"-s", "--script"}, []string{"usr/share/udhcpc/default.script", "etc/udhcpc/default.script", "etc/udhcpc.script", "usr/share/udhcpc/simple.script"}, []string{"etc/udhcpc.d", "usr/share/udhcpc/default.script.d"}},
	{"udhcpc6", []string{"-s", "--script"}, []string{"usr/share/udhcpc/default6.script"}, nil},
	{"dhclient", []string{"-sf"}, []string{"sbin/dhclient-script", "usr/sbin/dhclient-script"}, nil},
	{"dhcpcd", []string{"-c", "--script"}, []string{"etc/dhcpcd.enter-hook", "etc/dhcpcd.exit-hook"}, []string{"lib/dhcpcd/dhcpcd-hooks", "usr/lib/dhcpcd/dhcpcd-hooks", "usr/libexec/dhcpcd-hooks"}},
	{"ntpd", []string{"-S"}, nil, nil},
	{"wpa_cli", []string{"-a"}, nil, nil},
	{"hostapd_cli", []string{"-a"}, nil, nil},
	{"ifplugd", []string{"-r"}, []string{"etc/ifplugd/ifplugd.action"}, nil},
	{"netplugd", nil, []string{"etc/netplug.d/netplug", "etc/netplug/netplug"}, nil},
	{"pppd", nil, []string{"etc/ppp/ip-up", "etc/ppp/ip-down", "etc/ppp/ipv6-up"}, []string{"etc/ppp/ip-up.d"}},
	{"openvpn", []string{"--up", "--route-up", "--client-connect", "--ipchange"}, nil, nil},
	{"dnsmasq", []string{"--dhcp-script", "-6"}, nil, nil},
	{"acpid", nil, []string{"etc/acpi/PWRF/00000080"}, nil},
	{"ifup", nil, nil, []string{"etc/network/if-pre-up.d", "etc/network/if-up.d"}},
	{"networkd-dispatcher", nil, nil, []string{"etc/networkd-dispatcher/routable.d", "etc/networkd-dispatcher/carrier.d", "etc/networkd-dispatcher/configured.d", "etc/networkd-dispatcher/no-carrier.d", "etc/networkd-dispatcher/off.d"}},
	{"watchdog", nil, nil, []string{"etc/watchdog.d"}},
	{"irexec", nil, nil, nil},
	{"input-event-daemon", nil, nil, nil},
	{"incrond", nil, nil, nil},
	{"triggerhappy", nil, nil, nil},
	{"thd", nil, nil, nil},
	{"NetworkManager", nil, nil, []string{"etc/NetworkManager/dispatcher.d", "usr/lib/NetworkManager/dispatcher.d"}},
}

// hookPrograms follows the scripts that a program runs on events.
func (g *boot) hookPrograms(l *launch, name string, args []string) {
	i := slices.IndexFunc(hookPrograms, func(h hookProgram) bool { return h.name == name })
	if i < 0 {
		g.positionalHook(l, name, args)
		return
	}
	h, named := hookPrograms[i], false
	for _, f := range h.flags {
		for _, script := range flagValues(args, f) {
			named = true
			g.hook(l, script)
		}
	}
	for _, f := range h.files {
		if !named && g.isFile(f) {
			g.hook(l, "/"+f)
		}
	}
	for _, dir := range h.folders {
		for _, f := range g.children(dir) {
			g.hook(l, "/"+f.Name)
		}
	}
	if name == "ifup" {
		g.interfaces(l)
	}
	g.eventTables(l, name, args)
}

// positionalHook follows programs that take their script without a flag.
func (g *boot) positionalHook(l *launch, name string, args []string) {
	switch name {
	case "inotifyd":
		g.hook(l, firstFree(args))
	case "zcip":
		g.hook(l, lastOf(args))
	}
}

// hook follows a script that an event runs, with arguments that only the event
// knows.
func (g *boot) hook(l *launch, script string) {
	if script == "" || script == "-" {
		return
	}
	if script = l.abs(script); !g.firstTime(script) {
		return
	}
	g.onEvent(func() { g.shellOrProgram(l, []string{script, "$1", "$2", "$3"}) })
}

// shellOrProgram starts what an event names, under a condition.
func (g *boot) shellOrProgram(l *launch, words []string) {
	m := *l
	c := *l.cmd
	c.Conditional, c.Background, c.Redirects, c.Pipeline = true, false, nil, 0
	m.cmd, m.words, m.daemon, m.unit, m.socket, m.applet = &c, words, false, "", nil, false
	m.depth++
	g.through(cleanName(words[0]), func() { g.launch(&m) })
}

// firstTime reports whether a hook was not followed yet.
func (g *boot) firstTime(hook string) bool {
	if g.hooked[hook] {
		return false
	}
	if len(g.hooked) >= maxHooks {
		g.note("the image has more than %d hooks", maxHooks)
		return false
	}
	g.hooked[hook] = true
	return true
}

// hookLine runs a command line that an event runs.
func (g *boot) hookLine(l *launch, at Text, line Line, command string) {
	if command = strings.TrimSpace(command); command == "" || !g.firstTime(at.File.Name+"\x00"+command) {
		return
	}
	g.onEvent(func() {
		m := g.from(at.At(line))
		g.through(at.File.Name, func() { g.inline(m, command) })
	})
}

// mdev runs the commands of mdev.conf: "PATTERN OWNER MODE [>PATH] @COMMAND".
func (g *boot) mdev(l *launch) {
	parts, _ := g.partsOf("etc/mdev.conf")
	for _, p := range parts {
		for line := range p.text.Lines() {
			f := strings.Fields(line.Text)
			for i := 2; i < len(f) && !strings.HasPrefix(f[0], "#"); i++ {
				if strings.ContainsRune("@$*", rune(f[i][0])) {
					g.hookLine(l, p.text, line, strings.Join(f[i:], " ")[1:])
					break
				}
			}
		}
	}
}

// kernelHook follows the program that the kernel is told to run for each device.
func (g *boot) kernelHook(r *shellRun, c *Command, words []string) {
	l := &launch{run: r, cmd: c}
	if len(words) > 0 && path.Base(words[0]) == "sysctl" {
		for _, w := range words[1:] {
			if key, value, ok := strings.Cut(w, "="); ok && slices.Contains(kernelHooks, key) {
				g.kernelProgram(l, key, value)
			}
		}
		g.sysctlHooks(words[1:])
	}
	for _, to := range redirectTargets(c) {
		switch path.Clean(to) {
		case "/proc/sys/kernel/hotplug", "/sys/kernel/uevent_helper", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/core_pattern":
			if text, ok := g.prints(r, c); ok {
				g.kernelProgram(l, path.Base(to), text)
			}
		}
	}
}

// interfaces runs the commands of /etc/network/interfaces.
func (g *boot) interfaces(l *launch) {
	t, ok := g.texts.Get(g.root, "etc/network/interfaces")
	if !ok {
		return
	}
	for line := range t.Lines() {
		key, command, ok := strings.Cut(strings.TrimSpace(line.Text), " ")
		if ok && slices.Contains([]string{"up", "pre-up", "post-up"}, key) {
			g.hookLine(l, t, line, command)
		}
	}
}

// hotplugFolders are those whose scripts OpenWrt's procd and netifd take in on
// events; they need no execute bit.
func (g *boot) hotplugFolders() {
	for _, name := range []string{"etc/udhcpc.user", "etc/firewall.user"} {
		if f, ok := g.root.Lookup(name); ok && f.Kind == firmware.Regular {
			g.taken(f)
		}
	}
	for _, dir := range []string{"etc/hotplug.d", "etc/rc.button", "etc/udhcpc.user.d"} {
		for _, f := range g.children(dir) {
			if f.Kind != firmware.Directory {
				g.taken(f)
				continue
			}
			for _, script := range g.children(f.Name) {
				g.taken(script)
			}
		}
	}
}

// taken follows a script that another one takes in on an event.
func (g *boot) taken(f *firmware.File) {
	t, ok := g.texts.Get(g.root, f.Name)
	if !ok || strings.HasPrefix(t.Content, "#!") && shellOf(t.Content) == "" || !g.firstTime("/"+t.File.Name) {
		return
	}
	g.onEvent(func() { g.follow(g.from(At(t.File)), t, []string{"$1"}) })
}
