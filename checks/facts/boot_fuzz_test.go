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
		"etc/init.d/rcS": "#!/bin/sh\nmdev -s\nudevd\nudhcpc -s /etc/hook.sh\nifup -a\ninetd\nxinetd\ncrond\nsupervisord\nmonit\nrunsvdir /etc/sv &\nopenrc default\n/etc/hook.sh\n",
		"etc/hook.sh":    "#!/bin/sh\n" + text, "etc/sv/a/run": "#!/bin/execlineb -P\n" + text, "etc/sv/b/run": "#!/bin/sh\n" + text,
		"etc/init.d/t": "#!/sbin/openrc-run\n" + text, "etc/runlevels/default/t": "-> /etc/init.d/t", "sbin/openrc": "",
		"usr/bin/supervisord": "", "usr/bin/monit": "", "usr/bin/runsvdir": "", "sbin/udevd": "", "sbin/init": "-> ../bin/busybox",
	}
	for _, name := range []string{"mdev", "udhcpc", "ifup", "inetd", "xinetd", "crond", "telnetd"} {
		files["sbin/"+name] = ""
	}
	for _, name := range []string{
		"etc/mdev.conf", "lib/udev/rules.d/1.rules", "etc/network/interfaces", "etc/inetd.conf", "etc/xinetd.conf", "etc/xinetd.d/x", "etc/crontab", "etc/supervisord.conf",
		"etc/monitrc", "lib/systemd/system/multi-user.target", "lib/systemd/system/t.service", "lib/systemd/system-preset/1.preset",
	} {
		files[name] = text + "\n"
	}
	return files
}

func FuzzBoot(f *testing.F) {
	for _, text := range []string{
		"enable t.service\n[Unit]\nWants=t.service\n[Service]\nExecStart=/bin/sh -c 'runsvdir /etc/sv; supervisord'\n[Install]\nWantedBy=multi-user.target\nAlias=t.service\n",
		"[program:t]\ncommand=supervisord\n[include]\nfiles=/etc/supervisord.conf\n", "start program = \"/usr/bin/monit\"\ninclude /etc/monitrc\n",
		"service telnet\n{\n server_args = -l\n server = /sbin/xinetd\n}\nincludedir /etc\ninclude /etc/xinetd.conf\n", "runsvdir /etc/sv\nneed t\n",
		"trap 'trap \"$0\" EXIT; $0' EXIT\nalias a='a a'\na\ncd a\n. ./a\necho \"$0\" >> /etc/inetd.conf\n", "eth0 0:0 660 @/sbin/mdev -s\n", "RUN+=\"/sbin/udevd\", ENV{SYSTEMD_WANTS}=\"t.service\"\n",
		"echo '* * * * * crond' | crontab -\ncat /etc/hook.sh > /etc/hook.sh\nsh /etc/hook.sh\n", "tcp stream x nowait root /sbin/inetd inetd\n", "up ifup -a\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, more := range []map[string]string{{"etc/inittab": toRcS}, {"lib/systemd/systemd": "", "lib/systemd/system/default.target": "-> multi-user.target"}} {
			files := everyReader(text)
			maps.Copy(files, more)
			src := firmware.Source{Name: "image", Folder: bootFolder(files), Modes: true}
			o, err := Observe(context.Background(), src, firmware.Options{}, Boot)
			if err != nil {
				t.Fatal(err)
			}
			g, err := Boot.Of(o.For("test", []Node{Boot}))
			if err != nil || len(g.Inits) != 1 || len(g.Services) > maxBootServices {
				t.Fatal(fmt.Errorf("%w: %d inits", err, len(g.Inits)))
			}
		}
	})
}
