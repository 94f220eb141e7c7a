package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestWiped(t *testing.T) {
	s := Storage{Mounts: []Mount{{Device: "/dev/root", Dir: "/"}, {Device: "ubi0:data", Dir: "/data"}, {Device: "/dev/mtdblock5", Dir: "/config"}, {Device: "tmpfs", Dir: "/data/run"}, {Device: "/dev/mmcblk0p5", Dir: "/clips"}, {Device: "PARTLABEL=user", Dir: "/user"}}}
	for _, tc := range []struct {
		wipes, place string
		want         Known
	}{
		{"/data/*", "/data", Yes},
		{"/data", "/data/clips", Yes},
		{"/data/clips", "/data", No},
		{"/data/.", "/data/x", Yes},
		{"/database", "/data", No},
		{"/etc/x /data/*", "/data/y", Yes},
		{"data", "/data/x", Yes},
		{"data", "/config", No},
		{"/dev/mtdblock5", "/config/a", Yes},
		{"/dev/mtdblock5", "/data", Unknown},
		{"/dev/mtd5", "/config/a", Yes},
		{"/dev/mtd6", "/config/a", No},
		{"/dev/mmcblk0", "/clips/a", Yes},
		{"/dev/mmcblk0p5", "/clips/a", Yes},
		{"/dev/mmcblk0p4", "/clips/a", No},
		{"/dev/mmcblk1", "/clips/a", No},
		{"/dev/mmcblk0p4", "/user/a", Unknown},
		{"/dev/mmcblk0p4", "/etc/a", No},
		{"user", "/user/a", Yes},
		{"overlay", "/etc/x", Yes},
		{"overlay", "/data/x", No},
		{"$DIR", "/data", Unknown},
		{"", "/data", Unknown},
		{"nvram", "/data", No},
	} {
		if got := s.Wiped(Reset{Wipes: tc.wipes}, tc.place); got != tc.want {
			t.Errorf("%q wipes %s: %q, want %q", tc.wipes, tc.place, got, tc.want)
		}
	}
	if got := s.Wiped(Reset{Wipes: "/data", Mention: true}, "/data"); got != Unknown {
		t.Errorf("a name in a program: %q", got)
	}
}

func TestStorages(t *testing.T) {
	files := startsScript("mount -t ext4 -o rw /dev/mapper/d /data\nmount /proc\nfscryptctl set_policy 00 /home", map[string]string{
		"etc/fstab":                      "# /dev/x /x ext4\n/dev/sda1 /boot vfat defaults 0 0\nbroken\n",
		"etc/systemd/system/media.mount": "[Mount]\nWhat=LABEL=media\nWhere=/media/\nType=exfat\n",
		"etc/crypttab":                   "d /dev/sda2 none luks\n", "bin/mount": "", "usr/bin/fscryptctl": "",
	})
	o, err := Observe(t.Context(), firmware.Source{Name: "image", Folder: bootFolder(files), Modes: true}, firmware.Options{}, Storages)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Storages.Of(o.For("test", []Node{Storages}))
	if err != nil {
		t.Fatal(err)
	}
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
