package facts

import "testing"

func TestBootPlacesOfStarts(t *testing.T) {
	for _, tc := range []struct {
		name, line string
		files      map[string]string
		want       string
		unjudged   int
	}{
		{"labwc", "labwc", map[string]string{"usr/bin/labwc": "", "root/.config/labwc/autostart": "telnetd &\n"}, "telnetd", 0},
		{"labwc for all", "labwc", map[string]string{"usr/bin/labwc": "", "etc/xdg/labwc/autostart": "telnetd &\n"}, "telnetd", 0},
		{"labwc that is not started", "", map[string]string{"usr/bin/labwc": "", "etc/xdg/labwc/autostart": "telnetd &\n"}, "", 0},
		{"openbox", "openbox-session", map[string]string{"usr/bin/openbox-session": "", "etc/xdg/openbox/autostart": "telnetd &\n"}, "telnetd", 0},
		{"xinit", "xinit", map[string]string{"usr/bin/xinit": "", "root/.xinitrc": "telnetd &\n"}, "telnetd", 0},
		{"xinit of a program", "xinit /usr/sbin/telnetd -F", map[string]string{"usr/bin/xinit": "", "root/.xinitrc": "vsftpd &\n"}, "telnetd", 0},
		{"s6-rc", "s6-rc-init /run/service", map[string]string{
			"usr/bin/s6-rc-init": "", "etc/s6-rc/compiled/db": "", "etc/s6-rc/compiled/servicedirs/t/run": "#!/bin/sh\nexec telnetd -F\n", "etc/s6-rc/compiled/servicedirs/t/down": "\n",
		}, "telnetd?", 1},
		{"s6-rc without its list", "s6-rc-init /run/service", map[string]string{"usr/bin/s6-rc-init": ""}, "", 1},
		{"tables of cron that are made later", "crond -c /tmp/crontabs", map[string]string{"usr/sbin/crond": ""}, "crond", 1},
		{"tables of cron", "crond -c /etc/crontabs", map[string]string{"usr/sbin/crond": "", "etc/crontabs/root": "* * * * * telnetd\n"}, "crond telnetd", 0},
		{"tables of cron that the boot writes", "echo '* * * * * telnetd' > /tmp/crontabs/root; crond -c /tmp/crontabs", map[string]string{"usr/sbin/crond": ""}, "crond telnetd", 0},
		{"gotty of given settings", "gotty --config /tmp/gotty login &", map[string]string{"usr/bin/gotty": ""}, "gotty", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + tc.line + "\n", "usr/sbin/telnetd": "-> ../../bin/busybox", "usr/sbin/vsftpd": ""}
			for name, content := range tc.files {
				files[name] = content
			}
			g := bootOf(t, files)
			if got := started(g); got != tc.want {
				t.Errorf("started %q, want %q", got, tc.want)
			}
			if got := g.Inits[0].Unjudged; len(got) != tc.unjudged {
				t.Errorf("not known %v, want %d", got, tc.unjudged)
			}
		})
	}
}

func TestBootGivenSettings(t *testing.T) {
	for run, want := range map[string]string{
		"smbd -s /tmp/smb.conf": "tmp/smb.conf", "smbd -D": "", "smbd -s /etc/smb.conf": "", "ntpd -c /run/ntp.conf": "run/ntp.conf", "ntpd -p pool.example": "",
		"mediamtx /tmp/m.yml": "tmp/m.yml", "mediamtx": "",
	} {
		g := bootOf(t, map[string]string{
			"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + run + " &\n", "usr/sbin/smbd": "", "usr/sbin/ntpd": "", "usr/bin/mediamtx": "", "etc/smb.conf": "[global]\n",
		})
		if len(g.Services) != 1 || g.Services[0].Unread != want {
			t.Errorf("%s: %+v, want settings %q that were not read", run, g.Services, want)
		}
	}
}

// Up to Android 9 (level 28 of its API) a property of the build is set once.
func TestBootAndroidProperties(t *testing.T) {
	for version, want := range map[string]int{"ro.build.version.sdk=28\n": 0, "ro.build.version.sdk=29\n": 1, "": 1} {
		g := bootOf(t, map[string]string{
			"default.prop": "ro.secure=0\nro.debuggable=0\n", "system/build.prop": version + "ro.debuggable=1\n", "system/bin/sh": "", "init": "",
			"system/etc/init/logd.rc": "service logd /system/bin/logd\n    class core\n", "system/etc/init/hw/init.rc": "on boot\n    class_start core\n",
		})
		if len(g.Consoles) != want {
			t.Errorf("%q: %+v, want %d that are open", version, g.Consoles, want)
		}
	}
}
