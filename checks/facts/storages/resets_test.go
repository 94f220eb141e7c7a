package storages

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/factstest"
)

func TestResets(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a button":              {"etc/rc.button/reset", "#!/bin/sh\n[ \"$SEEN\" -gt 5 ] && jffs2reset -y && reboot &\n", "button jffs2reset overlay"},
		"a page":                {"usr/lib/lua/luci/controller/admin/system.lua", "fork_exec(\"killall dropbear; jffs2reset -y; reboot\")\n", "web jffs2reset overlay"},
		"a script":              {"usr/libexec/factory-reset", "#!/bin/sh\numount /data\nmke2fs -q -F /dev/mmcblk0p4\n", "script mke2fs /dev/mmcblk0p4"},
		"another script":        {"usr/libexec/make-disk", "#!/bin/sh\nmke2fs -q -F /dev/mmcblk0p4\n", ""},
		"mtd":                   {"usr/bin/x.sh", "#!/bin/sh\nmtd -r erase rootfs_data\n", "script mtd erase rootfs_data"},
		"a comment":             {"usr/libexec/factory-reset", "#!/bin/sh\n# mtd erase rootfs_data\n", ""},
		"temporary files":       {"usr/bin/reset-net", "#!/bin/sh\nrm -rf /tmp/x\n", ""},
		"nvram":                 {"www/cgi-bin/reset.cgi", "#!/bin/sh\nnvram erase\n", "web nvram erase nvram"},
		"a program that has it": {"usr/bin/p", "\x7fELF\x00do_factory_reset\x00", "program factory_reset mention"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range factstest.Seen(t, Resets, map[string]string{tc.file: tc.content}) {
				s := r.Trigger + " " + r.How + " " + r.Wipes
				if r.Mention {
					s += "mention"
				}
				got = append(got, s)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestResetsOfTexts(t *testing.T) {
	for name, tc := range map[string]struct {
		file, content string
		want          bool
	}{
		"who may run it":    {"usr/share/rpcd/acl.d/a.json", `{"a": {"write": {"file": {"/sbin/firstboot -r -y": ["exec"]}}}}`, true},
		"a page":            {"www/a.lua", "os.execute('firstboot -y')\n", true},
		"a setting":         {"usr/share/a.json", `{"firstboot_path": "/etc/chef/firstboot.json"}`, false},
		"a folder of files": {"usr/share/a.json", `{"x": "/usr/lib/firstboot/a"}`, false},
		"a schema":          {"usr/share/s.json", `{"$schema": "http://json-schema.org/draft-04/schema#", "x": "runs firstboot"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := len(factstest.Seen(t, Resets, map[string]string{tc.file: tc.content})) > 0; got != tc.want {
				t.Errorf("found: %v, want %v", got, tc.want)
			}
		})
	}
}
