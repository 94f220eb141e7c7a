package facts

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// everyReader is a root file system in which one text is read by everything that the
// boot reads.
func everyReader(text string) map[string]string {
	files := map[string]string{
		"etc/init.d/rcS": "#!/bin/sh\nmdev -s\nudevd\nmodprobe a\ndbus-daemon\nweston\nsway\nudhcpc -s /etc/hook.sh\nifup -a\ninetd\nxinetd\ncrond\nsupervisord\nmonit\nrunsvdir /etc/sv &\nopenrc default\n/etc/hook.sh\n",
		"etc/hook.sh":    "#!/bin/sh\n" + text, "etc/sv/a/run": "#!/bin/execlineb -P\n" + text, "etc/sv/b/run": "#!/bin/sh\n" + text,
		"etc/init.d/t": "#!/sbin/openrc-run\n" + text, "etc/runlevels/default/t": "-> /etc/init.d/t", "sbin/openrc": "",
		"usr/bin/supervisord": "", "usr/bin/monit": "", "usr/bin/runsvdir": "", "sbin/udevd": "", "sbin/init": "-> ../bin/busybox",
	}
	for _, name := range []string{"modprobe", "dbus-daemon", "weston", "sway", "initctl", "dinitctl", "mdev", "udhcpc", "ifup", "inetd", "xinetd", "crond", "telnetd"} {
		files["sbin/"+name] = ""
	}
	for _, name := range []string{
		"etc/mdev.conf", "lib/udev/rules.d/1.rules", "etc/network/interfaces", "etc/inetd.conf", "etc/xinetd.conf", "etc/xinetd.d/x", "etc/crontab", "etc/supervisord.conf",
		"etc/monitrc", "lib/systemd/system/multi-user.target", "lib/systemd/system/t.service", "lib/systemd/system-preset/1.preset",
		"etc/finit.conf", "etc/finit.d/t.conf", "etc/dinit.d/boot", "etc/dinit.d/t", "etc/init/t.conf", "etc/init/u.conf", "etc/modprobe.d/a.conf", "etc/s6-overlay/s6-rc.d/user/type",
		"etc/s6-overlay/s6-rc.d/user/contents", "etc/s6-overlay/s6-rc.d/t/up", "usr/share/dbus-1/system-services/a.service", "etc/xdg/weston/weston.ini", "etc/sway/config",
		"etc/systemd/user/default.target", "usr/lib/systemd/user/t.service", "lib/systemd/system/user@.service", "var/lib/systemd/linger/root",
	} {
		files[name] = text + "\n"
	}
	return files
}

// fuzzedInits make the root of [everyReader] one of each init system.
var fuzzedInits = []map[string]string{
	{"etc/inittab": toRcS},
	{"lib/systemd/systemd": "", "lib/systemd/system/default.target": "-> multi-user.target"},
	{"sbin/init": "-> finit", "sbin/finit": ""},
	{"sbin/init": "-> dinit", "sbin/dinit": ""},
	{"sbin/init": "", "etc/finit.conf": "-"},
	{"sbin/init": "-", "init": s6Init},
}

// FuzzBoot takes one init system for each text, so that what a text finds in one of them
// does not cost a walk of all; the first texts are tried with each.
func FuzzBoot(f *testing.F) {
	for _, text := range []string{
		"enable t.service\n[Unit]\nWants=t.service\n[Service]\nExecStart=/bin/sh -c 'runsvdir /etc/sv; supervisord'\n[Install]\nWantedBy=multi-user.target\nAlias=t.service\n",
		"[program:t]\ncommand=supervisord\n[include]\nfiles=/etc/supervisord.conf\n", "start program = \"/usr/bin/monit\"\ninclude /etc/monitrc\n",
		"service telnet\n{\n server_args = -l\n server = /sbin/xinetd\n}\nincludedir /etc\ninclude /etc/xinetd.conf\n", "runsvdir /etc/sv\nneed t\n",
		"trap 'trap \"$0\" EXIT; $0' EXIT\nalias a='a a'\na\ncd a\n. ./a\necho \"$0\" >> /etc/inetd.conf\n", "eth0 0:0 660 @/sbin/mdev -s\n", "RUN+=\"/sbin/udevd\", ENV{SYSTEMD_WANTS}=\"t.service\"\n",
		"echo '* * * * * crond' | crontab -\ncat /etc/hook.sh > /etc/hook.sh\nsh /etc/hook.sh\n", "tcp stream x nowait root /sbin/inetd inetd\n", "up ifup -a\n",
		"service [S] <usr/x> telnetd -- x\ntty notty\ninclude /etc/finit.conf\nrunparts /etc\nset A=b\n", "type = process\ncommand = dinitctl start t\ndepends-on = t\n@include /etc/dinit.d/t\nwaits-for.d = .\n",
		"start on started u or startup\nscript\ninitctl start u\nend script\n", "install a modprobe a; modprobe b\nalias b a\n", "bundle\nt\nuser\n", "[D-BUS Service]\nName=a\nExec=dbus-daemon\n[autolaunch]\npath=weston\n", "exec sway\n",
	} {
		for i := range fuzzedInits {
			f.Add(text, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		files := everyReader(text)
		maps.Copy(files, fuzzedInits[int(kind)%len(fuzzedInits)])
		maps.DeleteFunc(files, func(_, content string) bool { return content == "-" })
		src := firmware.Source{Name: "image", Folder: bootFolder(files), Modes: true}
		o, err := Observe(context.Background(), src, firmware.Options{Workers: 1}, Boot)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Boot.Of(o.For("test", []Node{Boot}))
		if err != nil || len(g.Inits) != 1 || len(g.Services) > maxBootServices {
			t.Fatal(fmt.Errorf("%w: %d inits", err, len(g.Inits)))
		}
	})
}
