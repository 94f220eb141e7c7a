package ubi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/ubi"
)

// ubinize makes an image of volumes, each given as lines of ubinize's
// configuration.
func ubinize(t testing.TB, dir, options string, volumes ...string) []byte {
	t.Helper()
	tool := reference.Need(t, "ubinize")
	var config strings.Builder
	for i, v := range volumes {
		fmt.Fprintf(&config, "[v%d]\nmode=ubi\nvol_id=%d\n%s\n", i, i*3, v)
	}
	if err := os.WriteFile(filepath.Join(dir, "ini"), []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, dir, tool, append(strings.Fields(options), "-o", "ubi", "ini")...)
	data, err := os.ReadFile(filepath.Join(dir, "ubi"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReference puts volumes into images of several layouts.
func TestReference(t *testing.T) {
	mkfs := reference.Need(t, "mkfs.ubifs")
	tree, dir := reference.Tree(t), t.TempDir()
	kernel := firmwaretest.Kernel("5.10.1", 300_001)
	config := bytes.Repeat([]byte("bootdelay=3\n"), 400)
	for name, content := range map[string][]byte{"kernel": kernel, "env": config} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		options string
		leb     int
	}{
		{"-m 2048 -p 128KiB", 126976},
		{"-m 2048 -s 512 -p 128KiB", 129024},
		{"-m 2048 -s 512 -O 2048 -p 128KiB", 126976},
		{"-m 4096 -p 256KiB -e 77 -Q 5", 253952},
		{"-m 1 -p 64KiB", 65408},
		{"-m 1 -p 128KiB -O 1984", 129024},
		{"-m 512 -p 16KiB -Q 0", 15360},
		{"-m 16384 -p 1MiB", 1015808},
	} {
		t.Run(c.options, func(t *testing.T) {
			min := strings.Fields(c.options)[1]
			reference.Run(t, dir, mkfs, "-m", min, "-e", fmt.Sprint(c.leb), "-c", "3000", "-r", tree, "-o", "rootfs")
			data := ubinize(t, dir, c.options,
				"vol_type=static\nvol_name=kernel\nimage=kernel",
				"vol_type=dynamic\nvol_name=root fs\nimage=rootfs\nvol_size=30MiB\nvol_flags=autoresize",
				"vol_type=dynamic\nvol_name=empty\nvol_size=1MiB",
				"vol_type=dynamic\nvol_name=env\nimage=env\nvol_size=1MiB\nvol_alignment="+min)
			img := reference.Open(t, data)
			for _, s := range img.Skipped {
				if !strings.Contains(s.Reason, "not recognised: encrypted") {
					t.Errorf("skipped: %+v", s)
				}
			}
			reference.Compare(t, reference.InImage(img, "ubifs"), reference.OnDisk(t, tree))
			if f := reference.Find(t, img, "ubi!kernel!kernel"); f.Digest != sha256.Sum256(kernel) {
				t.Errorf("%s of %d bytes", f.Path, f.Size)
			}
			if content, err := reference.Find(t, img, "ubi!env!env").ReadFile(); err != nil || !bytes.HasPrefix(content, config) {
				t.Errorf("env of %d bytes: %v", len(content), err)
			}
			if c := img.Containers[0]; c.Type != "ubi" || c.Offset != 0 || c.Length != img.Size {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestCutReference cuts an image at every eraseblock: what is then read is right,
// and what is missing is said to be.
func TestCutReference(t *testing.T) {
	dir, tree := t.TempDir(), t.TempDir()
	for i := range 40 {
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprintf("%02d", i)), firmwaretest.Kernel("", i*1000+200), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reference.Run(t, dir, reference.Need(t, "mkfs.ubifs"), "-m", "1", "-e", "65408", "-c", "100", "-r", tree, "-o", "rootfs")
	data := ubinize(t, dir, "-m 1 -p 64KiB", "vol_type=dynamic\nvol_name=rootfs\nimage=rootfs\nvol_size=4MiB")
	whole := reference.InImage(reference.Open(t, data), "ubifs")
	if len(whole) != 40 {
		t.Fatalf("%d files", len(whole))
	}
	for cut := len(data) - 64<<10; cut > 0; cut -= 64 << 10 {
		img := reference.Open(t, data[:cut])
		files := reference.InImage(img, "ubifs")
		for _, f := range img.Files {
			if f.Err == nil && f.Kind == firmware.Regular && !strings.HasPrefix(f.Name, "lost+found/") && f.Container.Type == "ubifs" {
				line := slices.IndexFunc(files, func(l string) bool { return strings.HasPrefix(l, fmt.Sprintf("%q ", f.Name)) })
				if !slices.Contains(whole, files[line]) {
					t.Errorf("cut at 0x%x: %s", cut, files[line])
				}
			}
		}
		if len(files) < len(whole) && len(img.Skipped) == 0 {
			t.Errorf("cut at 0x%x: %d of %d files and nothing is skipped", cut, len(files), len(whole))
		}
	}
}

func BenchmarkAttach(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data"), firmwaretest.Kernel("", 32<<20), 0o600); err != nil {
		b.Fatal(err)
	}
	in := format.InMemory(ubinize(b, dir, "-m 2048 -p 128KiB", "vol_type=dynamic\nvol_name=data\nimage=data"))
	b.SetBytes(in.Size)
	buf := make([]byte, 1<<20)
	for b.Loop() {
		o, err := ubi.Format.Open(context.Background(), in, nil)
		if err != nil {
			b.Fatal(err)
		}
		for at := int64(0); at < o.Parts[0].Bytes.Size; at += 1 << 20 {
			_, _ = o.Parts[0].Bytes.ReadAt(buf, at)
		}
	}
}
