package storages

import (
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/factstest"
	"github.com/assay-iot/assay/firmware"
)

func TestWiped(t *testing.T) {
	s := Storage{Mounts: []Mount{{Device: "/dev/root", Dir: "/"}, {Device: "ubi0:data", Dir: "/data"}, {Device: "/dev/mtdblock5", Dir: "/config"}, {Device: "tmpfs", Dir: "/data/run"}, {Device: "/dev/mmcblk0p5", Dir: "/clips"}, {Device: "PARTLABEL=user", Dir: "/user"}}}
	for _, tc := range []struct {
		wipes, place string
		want         facts.Known
	}{
		{"/data/*", "/data", facts.Yes},
		{"/data", "/data/clips", facts.Yes},
		{"/data/clips", "/data", facts.No},
		{"/data/.", "/data/x", facts.Yes},
		{"/database", "/data", facts.No},
		{"/etc/x /data/*", "/data/y", facts.Yes},
		{"data", "/data/x", facts.Yes},
		{"data", "/config", facts.No},
		{"/dev/mtdblock5", "/config/a", facts.Yes},
		{"/dev/mtdblock5", "/data", facts.Unknown},
		{"/dev/mtd5", "/config/a", facts.Yes},
		{"/dev/mtd6", "/config/a", facts.No},
		{"/dev/mmcblk0", "/clips/a", facts.Yes},
		{"/dev/mmcblk0p5", "/clips/a", facts.Yes},
		{"/dev/mmcblk0p4", "/clips/a", facts.No},
		{"/dev/mmcblk1", "/clips/a", facts.No},
		{"/dev/mmcblk0p4", "/user/a", facts.Unknown},
		{"/dev/mmcblk0p4", "/etc/a", facts.No},
		{"user", "/user/a", facts.Yes},
		{"overlay", "/etc/x", facts.Yes},
		{"overlay", "/data/x", facts.No},
		{"$DIR", "/data", facts.Unknown},
		{"", "/data", facts.Unknown},
		{"nvram", "/data", facts.No},
	} {
		if got := s.Wiped(Reset{Wipes: tc.wipes}, tc.place); got != tc.want {
			t.Errorf("%q wipes %s: %q, want %q", tc.wipes, tc.place, got, tc.want)
		}
	}
	if got := s.Wiped(Reset{Wipes: "/data", Mention: true}, "/data"); got != facts.Unknown {
		t.Errorf("a name in a program: %q", got)
	}
}

func TestStorages(t *testing.T) {
	program := "\x7fELF\x01\x01\x01\x00"
	root := fstest.MapFS{}
	for name, content := range map[string]string{
		"etc/inittab":                    "::sysinit:/etc/init.d/rcS\n",
		"etc/init.d/rcS":                 "#!/bin/sh\nmount -t ext4 -o rw /dev/mapper/d /data\nmount /proc\nfscryptctl set_policy 00 /home\n",
		"etc/fstab":                      "# /dev/x /x ext4\n/dev/sda1 /boot vfat defaults 0 0\nbroken\n",
		"etc/systemd/system/media.mount": "[Mount]\nWhat=LABEL=media\nWhere=/media/\nType=exfat\n",
		"etc/crypttab":                   "d /dev/sda2 none luks\n",
		"bin/busybox":                    program, "sbin/init": program, "bin/sh": program, "bin/mount": program, "usr/bin/fscryptctl": program,
	} {
		root[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o755}
	}
	o, err := facts.Observe(t.Context(), firmware.Source{Name: "image", Folder: root, Modes: true}, firmware.Options{}, All)
	if err != nil {
		t.Fatal(err)
	}
	all := factstest.Of(t, All, o)
	got := ""
	for _, m := range all.Mounts {
		got += m.Device + ">" + m.Dir + ":" + m.Type + " "
	}
	if want := "/dev/sda1>/boot:vfat LABEL=media>/media:exfat /dev/mapper/d>/data:ext4 "; got != want {
		t.Errorf("mounts %q, want %q", got, want)
	}
	for place, want := range map[string]bool{"/data/x": true, "/home/u": true, "/boot": false, "/media": false, "/etc": false} {
		if yes, _ := all.Encrypted(place); yes != want {
			t.Errorf("%s encrypted: %v, want %v", place, yes, want)
		}
	}
}
