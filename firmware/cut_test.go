package firmware_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// contents are the files of the tree of an image that were read, by path.
func contents(img *firmware.Image) map[string][32]byte {
	m := map[string][32]byte{}
	for _, f := range img.Files {
		if f.Kind == firmware.Regular && f.Err == nil {
			m[f.Path] = f.Digest
		}
	}
	return m
}

// packed are images of one small tree, in many formats: those that need a tool are
// left out where it is not there.
func packed(t *testing.T) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	for name, content := range map[string]string{"etc/passwd": "root:x:0:0::/:/bin/sh\n", "bin/one": string(noise(5000)), "bin/two": strings.Repeat("text ", 4000), "empty": ""} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(tree, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tree, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files := []firmwaretest.File{
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"), firmwaretest.Binary("bin/one", 0o755, noise(5000)),
		firmwaretest.Text("bin/two", 0o644, strings.Repeat("text ", 4000)),
		{Name: "bin/zwei", HardLink: "bin/two"},
		firmwaretest.Symlink("bin/sh", "two"), firmwaretest.Device("dev/null", 0o666, 1, 3),
	}
	images := map[string][]byte{
		"cpio": firmwaretest.Cpio(files...), "tar": firmwaretest.Tar(files...), "zip": firmwaretest.Zip(files[:3]...), "squashfs": firmwaretest.Squashfs(files...),
		"gzip": firmwaretest.Gzip("", firmwaretest.Cpio(files...)), "uimage": firmwaretest.UImage("x", firmwaretest.Squashfs(files...), firmwaretest.UImageHeader{}),
	}
	ini := "[a]\nmode=ubi\nimage=ubifs\nvol_id=0\nvol_type=dynamic\nvol_name=a\nvol_size=4MiB\n[b]\nmode=ubi\nimage=tree/bin/two\nvol_id=1\nvol_type=static\nvol_name=b\n"
	if err := os.WriteFile(filepath.Join(dir, "ini"), []byte(ini), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"cpio-bin: cpio -o --quiet -H bin -O img -D tree",
		"ext2: mkfs.ext2 -q -b 1024 -d tree img 256k",
		"ext4: mkfs.ext4 -q -b 1024 -d tree img 2M",
		"erofs: mkfs.erofs --quiet img tree",
		"erofs-lz4: mkfs.erofs --quiet -zlz4hc -Eztailpacking img tree",
		"jffs2: mkfs.jffs2 -r tree -o img -e 16KiB -b",
		"ubifs: mkfs.ubifs -r tree -m 512 -e 15872 -c 100 -o ubifs",
		"ubi: ubinize -o img -m 512 -p 16KiB -s 256 ini",
		"cramfs: mkfs.cramfs tree img",
		"romfs: genromfs -d tree -f img",
		"iso: genisoimage -quiet -R -J -o img tree",
	} {
		name, args, _ := strings.Cut(command, ": ")
		words := strings.Fields(args)
		if _, err := os.Stat(filepath.Join(dir, "img")); err == nil {
			_ = os.Remove(filepath.Join(dir, "img"))
		}
		if !reference.Has(words[0]) {
			t.Logf("%s is not installed", words[0])
			continue
		}
		if name == "cpio-bin" {
			args = "printf 'etc\\netc/passwd\\nbin\\nbin/one\\nbin/two\\nempty\\n' | " + args[:len(args)-len("-O img -D tree")] + "-D tree > img"
			words = []string{"sh", "-c", args}
		}
		reference.Run(t, dir, words[0], words[1:]...)
		if data, err := os.ReadFile(filepath.Join(dir, "img")); err == nil {
			images[name] = data
		}
	}
	return images
}

// Wherever an image is cut, what it lost is told, what is read is as it was, and the
// tree is one that io/fs takes.
func TestCutAnywhere(t *testing.T) {
	for name, image := range packed(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := reference.Open(t, image)
			want := contents(whole)
			if len(want) < 3 {
				t.Fatalf("%v in %v", slices.Sorted(maps.Keys(want)), whole.Skipped)
			}
			for _, k := range whole.Containers {
				if k.FileSystem {
					if err := fstest.TestFS(k.FS(), "bin/one", "bin/two", "etc/passwd"); err != nil {
						t.Error(err)
					}
				}
			}
			for i := 1; i < 32; i++ {
				cut := len(image) * i / 32
				img := reference.Open(t, image[:cut])
				got := contents(img)
				lost := 0
				for path, digest := range want {
					switch is, ok := got[path]; {
					case !ok:
						lost++
					case is != digest:
						t.Errorf("cut at %d: %s has another content", cut, path)
					}
				}
				padding := len(bytes.Trim(image[cut:], string(image[cut:cut+1]))) == 0
				told := slices.DeleteFunc(slices.Clone(img.Skipped), func(s firmware.Skipped) bool { return slices.Contains(whole.Skipped, s) })
				// A log has an older state at each of its ends.
				if len(told) == 0 && !padding && name != "jffs2" {
					t.Errorf("cut at %d: %d files are lost, and nothing is told: %v", cut, lost, img.Containers)
				}
			}
		})
	}
}
