package facts

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

func TestBootKernelUnits(t *testing.T) {
	line := func(words string, more ...string) map[string]string {
		files := map[string]string{"boot/cmdline.txt": "root=/dev/mmcblk0p2 " + words + "\n"}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	when := func(condition string) map[string]string {
		return wantedUnit("[Unit]\n"+condition+"\n[Service]\nExecStart=/usr/sbin/telnetd -F\n", nil)
	}
	dash := func(dir string) map[string]string {
		return map[string]string{
			"lib/systemd/system/a-b-c.service":                             "[Service]\nType=oneshot\nExecStart=/bin/true\n",
			"etc/systemd/system/multi-user.target.wants/a-b-c.service":     "-> /lib/systemd/system/a-b-c.service",
			"etc/systemd/system/" + dir + ".d/x.conf":                      "[Service]\nExecStartPost=/usr/sbin/telnetd\n",
			"lib/systemd/system/a-b@.service":                              "[Service]\nType=oneshot\nExecStart=/bin/true\n",
			"etc/systemd/system/multi-user.target.wants/a-b@tty-s.service": "-> /lib/systemd/system/a-b@.service",
		}
	}
	testBoot(t, systemdBase, []bootCase{
		{"systemd.wants", line("systemd.wants=telnet.service"), "telnetd", 0},
		{"systemd.wants, short", line("systemd.wants=telnet"), "telnetd", 0},
		{"systemd.unit", line("systemd.unit=own.target", "lib/systemd/system/own.target", "[Unit]\nWants=telnet.service\n"), "telnetd", 0},
		{"single", line("single", "lib/systemd/system/rescue.target", "[Unit]\nWants=telnet.service\n"), "telnetd", 0},
		{"emergency", line("emergency", "lib/systemd/system/emergency.target", "[Unit]\nWants=telnet.service\n"), "telnetd", 0},
		{"systemd.run", line(`"systemd.run=/usr/sbin/telnetd -F"`), "telnetd", 0},
		{"one of several entries", map[string]string{"boot/grub/grub.cfg": "menuentry a {\n linux /vmlinuz quiet\n}\nmenuentry b {\n linux /vmlinuz systemd.wants=telnet.service\n}\n"}, "telnetd?", 0},
		{"the only entry", map[string]string{"boot/loader/entries/a.conf": "title x\noptions quiet systemd.wants=telnet.service\n"}, "telnetd", 0},
		{"U-Boot", map[string]string{"boot/uEnv.txt": "mmcargs=setenv bootargs root=/dev/mmcblk0p2 systemd.wants=telnet.service; run x\n"}, "telnetd", 0},

		{"a comment", map[string]string{"boot/uEnv.txt": "#bootargs=systemd.wants=telnet.service\n"}, "", 0},
		{"of the initramfs", line("rd.systemd.unit=telnet.service rd.systemd.wants=telnet.service"), "", 0},
		{"a word of a title", map[string]string{"boot/loader/entries/a.conf": "title systemd.wants=telnet.service\noptions quiet\n"}, "", 0},
		{"no settings of a loader", map[string]string{"etc/notes.txt": "bootargs=systemd.wants=telnet.service\n"}, "", 0},

		{"a word of the command line", when("ConditionKernelCommandLine=debug"), "telnetd?", 0},
		{"a word that is there", mergedFiles(when("ConditionKernelCommandLine=debug"), line("debug")), "telnetd", 0},
		{"a value that is there", mergedFiles(when("ConditionKernelCommandLine=mode=2"), line("mode=2")), "telnetd", 0},
		{"a word that is not there", when("ConditionKernelCommandLine=!nodebug"), "telnetd", 0},
		{"a word against it", mergedFiles(when("ConditionKernelCommandLine=!nodebug"), line("nodebug")), "", 0},
		{"on a virtual machine", when("ConditionVirtualization=vm"), "telnetd?", 0},
		{"not in a container", when("ConditionVirtualization=!container"), "telnetd", 0},
		{"taken back", when("ConditionPathExists=/etc/none\nConditionPathExists="), "telnetd", 0},
		{"one of two", when("ConditionPathExists=|/etc/none\nConditionPathExists=|/etc/machine-id"), "telnetd", 0},
		{"one that is not there", when("ConditionPathExists=|!/etc/none"), "telnetd", 0},
		{"none of two", when("ConditionPathExists=|/etc/none\nConditionPathExists=|/etc/none2"), "", 0},
		{"a folder with something in it", when("ConditionDirectoryNotEmpty=/lib/systemd"), "telnetd", 0},
		{"a folder that is not there", when("ConditionDirectoryNotEmpty=/lib/none"), "", 0},
		{"a pattern", when("ConditionPathExistsGlob=/etc/mach*"), "telnetd", 0},
		{"a pattern that fits nothing", when("ConditionPathExistsGlob=/etc/none*"), "", 0},

		{"a drop-in for a prefix", dash("a-.service"), "telnetd", 0},
		{"a drop-in for a longer one", dash("a-b-.service"), "telnetd", 0},
		{"a drop-in for a prefix of an instance", dash("a-@tty-s.service"), "telnetd", 0},
		{"a drop-in for another one", dash("b-.service"), "", 0},
		{"a drop-in for half a word", dash("a-b.service"), "", 0},
	})
}

func mergedFiles(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, files := range all {
		maps.Copy(out, files)
	}
	return out
}

func TestBootKernelConsoles(t *testing.T) {
	busybox := map[string]string{"sbin/init": "-> ../bin/busybox", "bin/busybox": "", "etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n:\n"}
	sysv := func(single string) map[string]string {
		return map[string]string{"sbin/init": "", "bin/sh": "", "sbin/sulogin": "", "etc/inittab": "id:3:initdefault:\nsi::sysinit:/etc/init.d/rcS\n~~:S:wait:" + single + "\n", "etc/init.d/rcS": "#!/bin/sh\n:\n"}
	}
	systemd := func(service string) map[string]string {
		return mergedFiles(systemdBase, map[string]string{
			"lib/systemd/systemd-sulogin-shell": "", "etc/shadow": "root:!:1::::::\n",
			"lib/systemd/system/rescue.target": "[Unit]\nRequires=rescue.service\n", "lib/systemd/system/rescue.service": "[Service]\n" + service,
		})
	}
	const sulogin = "ExecStart=-/lib/systemd/systemd-sulogin-shell rescue\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		line  string
		want  []string
	}{
		{"busybox", busybox, "quiet single", []string{"kernel single yes false"}},
		{"busybox, 1", busybox, "1", []string{"kernel 1 yes false"}},
		{"busybox, another word", busybox, "singles emergency rescue", nil},
		{"busybox, rescue of systemd", busybox, "systemd.unit=rescue.target", nil},
		{"SysV, password", sysv("/sbin/sulogin"), "single", []string{"~~ /sbin/sulogin no false"}},
		{"SysV, none", sysv("/bin/sh"), "S", []string{"~~ /bin/sh yes false"}},
		{"SysV, not asked for", sysv("/bin/sh"), "quiet", nil},
		{"systemd, password", systemd(sulogin), "rescue", []string{" /lib/systemd/systemd-sulogin-shell rescue no false"}},
		{"systemd, forced", systemd(sulogin + "Environment=SYSTEMD_SULOGIN_FORCE=1\n"), "systemd.unit=rescue.target", []string{" /lib/systemd/systemd-sulogin-shell rescue yes false"}},
		{"systemd, a shell", systemd("ExecStart=/bin/bash\nStandardInput=tty-force\n"), "single", []string{" /bin/bash yes false"}},
		{"systemd, not asked for", systemd("ExecStart=/bin/bash\n"), "quiet", nil},
		{"dracut", busybox, "rd.break=pre-mount", []string{"kernel rd.break=pre-mount yes true"}},
		{"the kernel's debugger", busybox, "kgdboc=ttyS0,115200", []string{"kgdb kgdboc=ttyS0,115200 yes true"}},
		{"the debugger by keyboard", busybox, "kgdboc=kbd", nil},
		{"a debug shell on a line", busybox, "systemd.debug_shell=ttyS1", []string{"kernel systemd.debug_shell=ttyS1 yes false"}},
		{"a debug shell that is off", busybox, "systemd.debug_shell=0", nil},
	} {
		g := bootOf(t, mergedFiles(tc.files, map[string]string{"boot/cmdline.txt": tc.line + "\n"}))
		var got []string
		for _, c := range g.Consoles {
			got = append(got, fmt.Sprintf("%s %s %s %t", c.Device, c.Program, c.Shell, c.Uncertain))
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: consoles %q, want %q", tc.name, got, tc.want)
		}
	}
}
