package facts

import (
	"maps"
	"testing"
)

// preinitBase is the preinit of OpenWrt in small: hooks that the files of a
// folder fill, and a failsafe mode that a key calls.
var preinitBase = map[string]string{
	"etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n", "sbin/procd": "", "sbin/init": "", "bin/ash": "",
	"etc/preinit": `#!/bin/sh
[ -z "$PREINIT" ] && exec /sbin/init
. /lib/functions/preinit.sh
boot_hook_init preinit_essential
boot_hook_init preinit_main
boot_hook_init failsafe
for f in /lib/preinit/*; do
	. $f
done
boot_run_hook preinit_essential
boot_run_hook preinit_main
`,
	"lib/functions/preinit.sh": `boot_hook_init() {
	export -n "$1_hook="
}
boot_hook_add() {
	local v; eval "v=\$$1_hook"
	export -n "$1_hook=${v:+$v }$2"
}
boot_run_hook() {
	local f; eval "f=\$$1_hook"
	for f in $f; do $f "$1" "$2"; done
}
boot_hook_splice_start() { :; }
boot_hook_splice_finish() { :; }
`,
	"lib/preinit/30_wait": `wait_for_key() {
	FAILSAFE=
	[ "$pi_preinit_no_failsafe" = y ] && return
	grep -q failsafe= /proc/cmdline && FAILSAFE=true
	[ -f /tmp/failsafe_button ] && FAILSAFE=true && export FAILSAFE
}
boot_hook_add preinit_main wait_for_key
`,
	"lib/preinit/40_run": "run_failsafe() {\n\tif [ \"$FAILSAFE\" = true ]; then\n\t\tboot_run_hook failsafe\n\tfi\n}\nboot_hook_add preinit_main run_failsafe\n",
}

func TestBootPreinit(t *testing.T) {
	with := func(text string, more ...string) map[string]string {
		files := maps.Clone(preinitBase)
		files["lib/preinit/99_x"] = text
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const net = "net() {\n\ttelnetd -l /bin/sh\n}\n"
	testBoot(t, nil, []bootCase{
		{"itself", with("", "etc/preinit", "#!/bin/sh\ntelnetd -l /bin/sh\nexec /sbin/init\n"), "telnetd", 0},
		{"a hook", with(net + "boot_hook_add preinit_main net\n"), "telnetd", 0},
		{"a hook before", with(net + "boot_hook_add preinit_essential net\n"), "telnetd", 0},
		{"a hook of a hook", with(net + "more() {\n\tboot_run_hook own\n}\nboot_hook_add preinit_main more\nboot_hook_add own net\n"), "telnetd", 0},
		{"a hook under a condition", with(net + "grep -q x /proc/cmdline && boot_hook_add preinit_main net\n"), "telnetd?", 0},
		{"a program as a hook", with("boot_hook_add preinit_main telnetd\n"), "telnetd", 0},
		{"a function that nobody knows", with("boot_hook_add preinit_main $(cat /proc/x)\n"), "", 1},
		{"an early end", with(net + "stop() {\n\texec /sbin/init\n}\nboot_hook_add preinit_main stop\nboot_hook_add preinit_main net\n"), "", 0},
		{"a splice goes first", with(net + "stop() {\n\texec /sbin/init\n}\nboot_hook_add own stop\nboot_hook_splice_start\nboot_hook_add own net\nboot_hook_splice_finish\nboot_run_hook own\n"), "telnetd", 0},
		{"without OpenWrt", with("", "etc/preinit", "#!/bin/sh\ntelnetd\n", "sbin/procd", "-", "lib/functions/preinit.sh", "-", "etc/init.d/rcS", "#!/bin/sh\n:\n"), "telnetd?", 0},
		{"always failsafe", with(net+"boot_hook_add failsafe net\n", "lib/preinit/30_wait", "FAILSAFE=true\n"), "telnetd", 0},

		{"failsafe", with(net + "boot_hook_add failsafe net\n"), "", 0},
		{"failsafe that runs what nobody knows", with("net() {\n\t$(cat /proc/x)\n}\nboot_hook_add failsafe net\n"), "", 0},
		{"a hook that nothing runs", with(net + "boot_hook_add preinit_mount_root net\n"), "", 0},
		{"a function that nothing calls", with(net), "", 0},
		{"started by procd alone", with(net, "etc/preinit", "#!/bin/sh\n[ -z \"$PREINIT\" ] || exit 0\ntelnetd\n"), "", 0},
	})
}

func TestBootFailsafe(t *testing.T) {
	files := maps.Clone(preinitBase)
	files["usr/sbin/telnetd"] = ""
	files["lib/preinit/99_x"] = "net() {\n\ttelnetd -l /bin/sh\n}\nshell() {\n\tash --login\n}\nboot_hook_add failsafe net\nboot_hook_add failsafe shell\n"
	g := bootOf(t, files)
	if len(g.Services) != 1 || g.Services[0].Started || g.Services[0].Via != "started in failsafe mode only (etc/preinit)" {
		t.Errorf("services %+v", g.Services)
	}
	if len(g.Consoles) != 1 || !g.Consoles[0].Failsafe || g.Consoles[0].Shell != Yes {
		t.Errorf("consoles %+v", g.Consoles)
	}
	files["lib/preinit/00_set"] = "pi_preinit_no_failsafe=y\n"
	if g := bootOf(t, files); len(g.Services) != 0 || len(g.Consoles) != 0 {
		t.Errorf("without failsafe mode: services %+v, consoles %+v", g.Services, g.Consoles)
	}
}
