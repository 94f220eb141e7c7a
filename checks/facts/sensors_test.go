package facts

import (
	"encoding/binary"
	"strings"
	"testing"
)

// tree writes a device tree blob: nodes below the root, each "compatible status".
func tree(nodes ...string) []byte {
	names := "compatible\x00status\x00"
	var s []byte
	word := func(v uint32) { s = binary.BigEndian.AppendUint32(s, v) }
	pad := func() {
		for len(s)%4 != 0 {
			s = append(s, 0)
		}
	}
	property := func(name uint32, value string) {
		word(3)
		word(uint32(len(value) + 1))
		word(name)
		s = append(s, value+"\x00"...)
		pad()
	}
	word(1)
	word(0)
	for _, n := range nodes {
		compatible, status, _ := strings.Cut(n, " ")
		word(1)
		s = append(s, "node@0\x00"...)
		pad()
		property(0, compatible)
		if status != "" {
			property(11, status)
		}
		word(2)
	}
	word(2)
	word(9)
	h := make([]byte, fdtHeader)
	for i, v := range []uint32{0xd00dfeed, uint32(fdtHeader + len(s) + len(names)), fdtHeader, uint32(fdtHeader + len(s)), 28, 17, 16, 0, uint32(len(names)), uint32(len(s))} {
		binary.BigEndian.PutUint32(h[4*i:], v)
	}
	return append(append(h, s...), names...)
}

func TestSensors(t *testing.T) {
	elf := string(elfImage(32, le, nil, 0))
	for name, tc := range map[string]struct{ file, content, want string }{
		"a module":          {"lib/modules/5.4/uvcvideo.ko", elf, "camera driver uvcvideo.ko"},
		"a program":         {"usr/sbin/gpsd", elf, "location software gpsd"},
		"a script":          {"usr/sbin/gpsd", "#!/bin/sh\n", ""},
		"an enabled node":   {"boot/a.dtb", string(tree("ovti,ov5640 okay")), "camera hardware ovti,ov5640"},
		"a node, no status": {"boot/a.dtb", string(tree("dmic-codec")), "microphone hardware dmic-codec"},
		"a packed module":   {"lib/modules/5.4/uvcvideo.ko.xz", "\xfd7zXZ\x00", "camera driver uvcvideo.ko"},
		"built in":          {"lib/modules/5.4/modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/drivers/gnss/gnss.ko\n", "location driver gnss.ko"},
		"a disabled node":   {"boot/a.dtb", string(tree("ovti,ov5640 disabled")), ""},
		"bluetooth":         {"boot/a.dtb", string(tree("brcm,bcm43438-bt okay")), "bluetooth hardware brcm,bcm43438-bt"},
		"another node":      {"boot/a.dtb", string(tree("fixed-clock okay")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, Sensors, map[string]string{tc.file: tc.content}) {
				got = append(got, s.Kind+" "+s.Sign+" "+s.Name)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestWalkTreeDamaged(t *testing.T) {
	whole := tree("ovti,ov5640 okay", "dmic-codec")
	for n := range whole {
		_ = walkTree(whole[:n], func(treeNode) {})
		changed := append([]byte(nil), whole...)
		changed[n] ^= 0xff
		_ = walkTree(changed, func(treeNode) {})
	}
}

func FuzzWalkTree(f *testing.F) {
	f.Add(tree("ovti,ov5640 okay", "dmic-codec disabled"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		_ = walkTree(data, func(treeNode) { n++ })
		if n > maxTreeNodes {
			t.Error(n)
		}
	})
}

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
		"a program that has it": {"usr/bin/p", string(elfImage(32, le, nil, 0)) + "\x00do_factory_reset\x00", "program factory_reset mention"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range observed(t, Resets, map[string]string{tc.file: tc.content}) {
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
