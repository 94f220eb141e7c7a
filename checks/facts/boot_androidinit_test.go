package facts

import (
	"maps"
	"strings"
	"testing"
	"time"
)

func TestBootAndroid(t *testing.T) {
	base := map[string]string{
		"system/build.prop": "ro.debuggable=0\npersist.sys.usb.config=mtp\nro.hardware=acme\n", "system/bin/sh": "", "system/bin/telnetd": "", "system/bin/vsftpd": "",
		"system/etc/init/logd.rc": "service logd /system/bin/logd\n    class core\n", "init": "",
		"system/etc/init/hw/init.rc": "on late-init\n    trigger boot\n    trigger own-stage\non boot\n    class_start core\n",
	}
	rc := func(text string, more ...string) map[string]string {
		files := map[string]string{"system/etc/init/t.rc": text}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const off = "service tel /system/bin/telnetd -F\n    class main\n    disabled\n"
	const on = "service tel /system/bin/telnetd -F\n    class main\n"
	testBoot(t, base, []bootCase{
		{"a class", rc(on), "telnetd", 0},
		{"no class", rc("service tel /system/bin/telnetd\n"), "telnetd", 0},
		{"the vendor's folder", map[string]string{"vendor/etc/init/t.rc": on}, "telnetd", 0},
		{"the product's folder", map[string]string{"product/etc/init/t.rc": on}, "telnetd", 0},
		{"started at a stage", rc(off + "on boot\n    start tel\n"), "telnetd", 0},
		{"started from another file", rc(off, "vendor/etc/init/a.rc", "on boot\n    start tel\n"), "telnetd", 0},
		{"when it is up", rc(off + "on property:sys.boot_completed=1\n    start tel\n"), "telnetd", 0},
		{"a property that is so", rc(off + "on property:ro.debuggable=0\n    start tel\n"), "telnetd", 0},
		{"a property of any value", rc(off + "on boot && property:persist.sys.usb.config=*\n    start tel\n"), "telnetd", 0},
		{"a property that the boot sets", rc(off + "on init\n    setprop acme.x 1\non property:acme.x=1\n    start tel\n"), "telnetd", 0},
		{"a stage of its own", rc(off + "on own-stage\n    start tel\n"), "telnetd", 0},
		{"a class of its own", rc("service tel /system/bin/telnetd\n    class acme\non boot\n    class_start acme\n"), "telnetd", 0},
		{"exec", rc("on boot\n    exec - root -- /system/bin/telnetd\n"), "telnetd", 0},
		{"exec in the background", rc("on boot\n    exec_background u:r:su:s0 root root -- /system/bin/telnetd -l \\\n      /system/bin/sh\n"), "telnetd", 0},
		{"exec_start", rc(off + "on boot\n    exec_start tel\n"), "telnetd", 0},
		{"by a property of init", rc(off + "on boot\n    setprop ctl.start tel\n"), "telnetd", 0},
		{"an import", map[string]string{"init.rc": "import /init.${ro.hardware}.rc\n", "init.acme.rc": on}, "telnetd", 0},
		{"the later one in place", rc(off, "vendor/etc/init/t.rc", "service tel /system/bin/vsftpd\n    override\n"), "vsftpd", 0},
		{"a script", rc("on boot\n    exec - root -- /vendor/bin/t.sh\n", "vendor/bin/t.sh", "#!/system/bin/sh\ntelnetd\n"), "telnetd", 0},

		{"a property that may come", rc(off + "on property:persist.acme.debug=1\n    start tel\n"), "telnetd?", 0},
		{"one that has another value now", rc(off + "on property:persist.sys.usb.config=adb\n    start tel\n"), "telnetd?", 0},
		{"an event that may come", rc(off + "on acme-key\n    start tel\n"), "telnetd?", 0},
		{"an import that may be", map[string]string{"init.rc": "import /init.${ro.acme}.rc\n", "init.x.rc": on}, "telnetd?", 0},
		{"on a failure of another", rc(off + "service v /system/bin/vsftpd\n    onrestart start tel\n"), "telnetd? vsftpd", 0},

		{"disabled", rc(off), "", 0},
		{"a read-only property that is not so", rc(off + "on property:ro.debuggable=1\n    start tel\n"), "", 0},
		{"a comment", rc(off + "on boot\n    # start tel\n"), "", 0},
		{"another class", rc("service tel /system/bin/telnetd\n    class charger\n"), "", 0},
		{"at the end", rc(off + "on shutdown\n    start tel\n"), "", 0},
		{"of the same name", rc(off, "vendor/etc/init/t.rc", "service tel /system/bin/vsftpd\n"), "", 0},

		{"a name that nobody knows", rc(off + "on boot\n    start ${acme.daemon}\n"), "", 1},
		{"another partition", rc("on boot\n    exec - -- /vendor/bin/t.sh\n"), "", 1},
	})
}

// Up to Android 6 everything stands in init.rc; a recovery's starts nothing of the device.
func TestBootAndroidRamdisk(t *testing.T) {
	base := map[string]string{
		"init": "", "default.prop": "ro.debuggable=1\n", "system/bin/telnetd": "", "system/bin/sh": "",
		"init.rc": "on boot\n    class_start main\nservice tel /system/bin/telnetd -F\n    class main\n",
	}
	testBoot(t, base, []bootCase{{"init.rc alone", nil, "telnetd", 0}})
	for name, more := range map[string]map[string]string{
		"a recovery":    {"sbin/recovery": ""},
		"no properties": {"default.prop": "-"},
	} {
		files := maps.Clone(base)
		maps.Copy(files, more)
		maps.DeleteFunc(files, func(_, content string) bool { return content == "-" })
		for _, i := range bootOf(t, files).Inits {
			if i.Kind == "android" {
				t.Errorf("%s: %+v", name, i)
			}
		}
	}
}

// TestBootAndroidLarge holds a file of nothing but starts of classes and imports to its time.
func TestBootAndroidLarge(t *testing.T) {
	begin := time.Now()
	bootOf(t, map[string]string{
		"system/build.prop": "x=1\n", "system/etc/init/t.rc": strings.Repeat("service a /x\n", 30000) + "on boot\n" + strings.Repeat("class_start c\n", 30000) + strings.Repeat("import /init.${y}.rc\n", 5000),
	})
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}
