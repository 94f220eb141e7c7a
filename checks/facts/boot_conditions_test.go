package facts

import (
	"encoding/binary"
	"testing"
)

func TestBootConditions(t *testing.T) {
	when := func(condition string, more ...string) map[string]string {
		files := wantedUnit("[Unit]\n"+condition+"\n[Service]\nExecStart=/usr/sbin/telnetd -F\n", nil)
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	kernel := func(condition string) map[string]string {
		return when(condition, "lib/modules/6.1.0/modules.dep", "x\n")
	}
	program := elfImage(32, binary.LittleEndian, nil, 0) // for MIPS
	module := append([]byte{}, program...)
	module[16] = 1
	testBoot(t, systemdBase, []bootCase{
		{"a file that is made at each start", when("ConditionPathExists=/run/debug"), "telnetd?", 0},
		{"a file that is not there", when("ConditionPathExists=/etc/debug"), "", 0},
		{"a file where another file system may lie", when("ConditionPathExists=/data/debug"), "telnetd?", 0},
		{"no file there", when("ConditionPathExists=!/data/nodebug"), "telnetd", 0},
		{"a file there that is in the image", when("ConditionPathExists=/data/debug", "data/debug", "x\n"), "telnetd", 0},
		{"an assertion", when("AssertPathExists=/etc/debug"), "", 0},
		{"no file that is made at each start", when("ConditionPathExists=!/run/nodebug"), "telnetd", 0},

		{"a container, with a kernel", kernel("ConditionVirtualization=container"), "", 0},
		{"docker, with a kernel", kernel("ConditionVirtualization=docker"), "", 0},
		{"a container, without one", when("ConditionVirtualization=container"), "telnetd?", 0},
		{"a virtual machine", kernel("ConditionVirtualization=kvm"), "telnetd?", 0},
		{"none", when("ConditionVirtualization=no"), "telnetd", 0},

		{"another machine", when("ConditionArchitecture=x86-64", "bin/x", string(program)), "", 0},
		{"this machine or a larger one", when("ConditionArchitecture=mips-le", "bin/x", string(program)), "telnetd?", 0},
		{"this machine, by a module", when("ConditionArchitecture=mips-le", "bin/x", string(program), "lib/modules/x.ko", string(module)), "telnetd", 0},
		{"a larger one, by a module", when("ConditionArchitecture=mips64-le", "bin/x", string(program), "lib/modules/x.ko", string(module)), "", 0},
		{"not another machine", when("ConditionArchitecture=!x86-64", "bin/x", string(program)), "telnetd", 0},
		{"the machine itself", when("ConditionArchitecture=native", "bin/x", string(program)), "telnetd", 0},
		{"a machine that nobody knows", when("ConditionArchitecture=arm"), "telnetd?", 0},

		{"at the first start, which was", when("ConditionFirstBoot=yes"), "", 0},
		{"at the first start", when("ConditionFirstBoot=yes", "etc/machine-id", "-", "lib/systemd/system-preset/x.preset", "disable *\n"), "telnetd", 0},
		{"at later ones", when("ConditionFirstBoot=no", "etc/machine-id", "-", "lib/systemd/system-preset/x.preset", "disable *\n"), "telnetd", 0},
		{"a user of the system's manager", when("ConditionUser=root"), "telnetd", 0},
		{"another user", when("ConditionUser=1000"), "", 0},
		{"what the running device knows", when("ConditionSecurity=selinux"), "telnetd?", 0},

		{"what it wants comes all the same", mergedFiles(systemdBase, wantedUnit("[Unit]\nConditionPathExists=/etc/none\nWants=telnet.service\n[Service]\nExecStart=/usr/sbin/vsftpd\n", nil)), "telnetd", 0},
		{"what it wants is as sure as it was", mergedFiles(systemdBase, wantedUnit("[Unit]\nConditionSecurity=selinux\nWants=telnet.service\n[Service]\nExecStart=/usr/sbin/vsftpd\n", nil)), "telnetd vsftpd?", 0},
	})
}

func TestBootExecConditions(t *testing.T) {
	when := func(condition string, more ...string) map[string]string {
		files := wantedUnit("[Service]\nEnvironment=FLAG=/etc/debug\n"+condition+"\nExecStart=/usr/sbin/telnetd -F\n", map[string]string{"usr/bin/asks": "", "bin/true": "", "bin/false": "", "usr/bin/test": "", "bin/sh": ""})
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	testBoot(t, systemdBase, []bootCase{
		{"holds", when("ExecCondition=/bin/true"), "telnetd", 0},
		{"a file that is there", when("ExecCondition=/usr/bin/test -e /etc/hostname"), "telnetd", 0},
		{"a script that ends well", when("ExecCondition=/opt/c.sh", "opt/c.sh", "#!/bin/sh\n[ -e /etc/hostname ] || exit 1\nexit 0\n"), "telnetd", 0},
		{"a program that nobody knows", when("ExecCondition=/usr/bin/asks"), "telnetd?", 0},
		{"a script that nobody knows", when("ExecCondition=/bin/sh -c '[ \"$(nvram get x)\" = 1 ]'"), "telnetd?", 0},

		{"fails", when("ExecCondition=/bin/false"), "", 0},
		{"a file that is not there", when("ExecCondition=/usr/bin/test -e ${FLAG}"), "", 0},
		{"a line of a shell", when("ExecCondition=/bin/sh -c '[ -e /etc/debug ]'"), "", 0},
		{"a script that ends badly", when("ExecCondition=/opt/c.sh", "opt/c.sh", "#!/bin/sh\n[ -e /etc/debug ] && exit 0\nexit 1\n"), "", 0},
		{"one of two fails", when("ExecCondition=/bin/true\nExecCondition=/bin/false"), "", 0},
		{"taken back", when("ExecCondition=/bin/false\nExecCondition="), "telnetd", 0},
		{"a comment", when("#ExecCondition=/bin/false"), "telnetd", 0},
		{"it starts something itself", when("ExecCondition=/opt/c.sh", "opt/c.sh", "#!/bin/sh\nvsftpd &\nexit 1\n"), "vsftpd", 0},
	})
}

func TestBootFlags(t *testing.T) {
	script := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + text}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	testBoot(t, nil, []bootCase{
		{"on a stick", script("[ -f /mnt/usb/telnet ] && telnetd -l /bin/sh\n"), "telnetd?", 0},
		{"on the users' partition, or it ends", script("test -e /data/dev || exit 0\ntelnetd\n"), "telnetd?", 0},
		{"on a partition, and it is in the image", script("[ -f /data/dev ] && telnetd\n", "data/dev", "x\n"), "telnetd", 0},

		{"a program that is not there", script("[ -x /usr/sbin/none ] || exit 0\ntelnetd\n"), "", 0},
		{"settings that are not there", script("[ -f /etc/default/telnetd ] && . /etc/default/telnetd\ntelnetd\n"), "telnetd", 0},
		{"settings of a partition that are not there", script("[ -f /data/telnetd ] && . /data/telnetd\nvsftpd\n"), "vsftpd", 0},
		{"a folder that is not there", script("[ -d /mnt ] && telnetd\n"), "", 0},
		{"a name alike", script("[ -f /datasheet/x ] && telnetd\n"), "", 0},
	})
}
