package ext_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// pack makes an image of a folder with mke2fs; without one, if folder is empty.
func pack(t testing.TB, folder, size string, options ...string) string {
	t.Helper()
	mk := reference.Need(t, "mke2fs")
	img := filepath.Join(t.TempDir(), "img")
	args := append([]string{"-q", "-F"}, options...)
	if folder != "" {
		args = append(args, "-d", folder)
	}
	reference.Run(t, ".", mk, append(args, img, size)...)
	return img
}

// debugfs runs commands of debugfs on an image, to change it or to read it.
func debugfs(t testing.TB, img string, commands ...string) string {
	t.Helper()
	tool := reference.Need(t, "debugfs")
	script := filepath.Join(t.TempDir(), "commands")
	if err := os.WriteFile(script, []byte(strings.Join(commands, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return string(reference.Run(t, ".", tool, "-w", "-f", script, img))
}

// sound has e2fsck say that an image has no mistake.
func sound(t testing.TB, img string) {
	t.Helper()
	reference.Run(t, ".", reference.Need(t, "e2fsck"), "-f", "-n", img)
}

func open(t testing.TB, img string) *firmware.Image {
	t.Helper()
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	opened := reference.Open(t, data)
	if len(opened.Containers) == 0 || opened.Containers[0].Type != "ext" {
		t.Fatalf("not opened: %+v %+v", opened.Containers, opened.Skipped)
	}
	for _, f := range opened.Files {
		if f.Offset >= 0 && f.Err == nil && f.Container.Parent == nil && sha256.Sum256(data[f.Offset:][:f.Size]) != f.Digest {
			t.Errorf("%s is not at 0x%x", f.Path, f.Offset)
		}
	}
	return opened
}

// whole opens an image of which nothing may be skipped.
func whole(t testing.TB, img string) *firmware.Image {
	t.Helper()
	opened := open(t, img)
	for _, s := range opened.Skipped {
		t.Errorf("skipped: %+v", s)
	}
	return opened
}

func inImage(img *firmware.Image) []string {
	return slices.DeleteFunc(reference.InImage(img, "ext"), func(line string) bool { return strings.HasPrefix(line, `"lost+found"`) })
}

// TestReference packs a tree with mke2fs and compares what is on the disk with
// what we see in the image.
func TestReference(t *testing.T) {
	tree := reference.Tree(t)
	for _, c := range []struct{ version, size, options string }{
		{"ext2", "8M", "-t ext2"},
		{"ext2", "8M", "-t ext2 -b 1024 -I 128"},
		{"ext2", "8M", "-t ext2 -r 0 -b 1024"},
		{"ext2", "8M", "-t ext2 -b 2048 -O ^filetype,^dir_index"},
		{"ext2", "8M", "-t ext2 -b 4096 -O ^sparse_super,^resize_inode"},
		{"ext3", "8M", "-t ext3 -b 1024"},
		{"ext3", "8M", "-t ext3 -b 4096"},
		{"ext4", "8M", "-t ext4"},
		{"ext4", "8M", "-t ext4 -b 1024 -g 1024"},
		{"ext4", "8M", "-t ext4 -b 1024 -O ^metadata_csum,uninit_bg"},
		{"ext4", "8M", "-t ext4 -b 1024 -O ^64bit,^flex_bg"},
		{"ext4", "8M", "-t ext4 -b 1024 -O ^extents,^64bit"},
		{"ext4", "8M", "-t ext4 -b 1024 -g 256 -O meta_bg,^resize_inode"},
		{"ext4", "8M", "-t ext4 -b 1024 -g 256 -O meta_bg,^resize_inode,^sparse_super,sparse_super2"},
		{"ext4", "8M", "-t ext4 -b 1024 -g 256 -O meta_bg,^resize_inode,^sparse_super,^64bit"},
		{"ext4", "8M", "-t ext4 -b 1024 -g 256 -O meta_bg,^resize_inode -E desc_size=1024"},
		{"ext4", "8M", "-t ext4 -b 1024 -O sparse_super2"},
		{"ext4", "16M", "-t ext4 -b 4096 -C 16384 -O bigalloc"},
		{"ext4", "16M", "-t ext4 -b 1024 -C 16384 -O bigalloc"},
		{"ext4", "16M", "-t ext4 -b 1024 -C 4096 -g 2048 -O bigalloc,meta_bg,^resize_inode"},
		{"ext4", "8M", "-t ext4 -O inline_data"},
		{"ext4", "8M", "-t ext4 -b 4096 -I 1024 -O inline_data"},
		{"ext4", "8M", "-t ext4 -O ^metadata_csum,inline_data"},
		{"ext4", "8M", "-t ext4 -O metadata_csum_seed,ea_inode,large_dir,project,quota,verity,casefold,encrypt,orphan_file"},
		{"ext4", "32M", "-t ext4 -b 16384"},
		{"ext4", "96M", "-t ext4 -b 65536"},
		{"ext4", "8M", "-t ext4 -O mmp"},
		{"ext4", "8M", "-t ext4 -o hurd -O ^metadata_csum,^64bit,^huge_file,^has_journal -I 128"},
	} {
		t.Run(c.options, func(t *testing.T) {
			img := pack(t, tree, c.size, strings.Fields(c.options)...)
			opened := whole(t, img)
			reference.Compare(t, inImage(opened), reference.OnDisk(t, tree))
			if a, b := reference.Find(t, opened, "etc/shadow"), reference.Find(t, opened, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
			k := opened.Containers[0]
			if k.Attributes["version"] != c.version || k.Length != opened.Size || !k.Modes {
				t.Errorf("%d of %d bytes, %v", k.Length, opened.Size, k.Attributes)
			}
		})
	}
}

// TestOdd has debugfs make what mke2fs does not take from a folder.
func TestOdd(t *testing.T) {
	for _, options := range []string{"-t ext2 -b 1024", "-t ext4", "-t ext4 -O inline_data"} {
		t.Run(options, func(t *testing.T) {
			img := pack(t, "", "8M", strings.Fields(options)...)
			long := strings.Repeat("a/", 100)
			debugfs(t, img,
				"mkdir dev", "cd dev", "mknod console c 5 1", "mknod sda b 8 0", "mknod far c 1 1", "mknod pipe p",
				"cd /", "symlink long "+long, "symlink sixty "+long[:60], "symlink fifty-nine "+long[:59],
				"sif dev/console uid 70000", "sif dev/console gid 80000", "sif dev/console mode 020600", "sif dev/console mtime 21000102030405",
				"sif dev/sda mode 060640", "sif dev/far mode 020666", "sif dev/far block[0] 0", "sif dev/far block[1] 0x11112c70", "sif dev/pipe mode 010644",
			)
			sound(t, img)
			opened := whole(t, img)
			var got []string
			for _, f := range opened.Files {
				if strings.HasPrefix(f.Name, "dev/") {
					got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev)))
				}
			}
			reference.Compare(t, got, []string{
				"dev/console char-device 600 70000:80000 5,1", "dev/sda block-device 640 0:0 8,0",
				"dev/far char-device 666 0:0 300,70000", "dev/pipe fifo 644 0:0 0,0",
			})
			if f := reference.Find(t, opened, "dev/console"); f.ModTime.Format("20060102150405") != "21000102030405" {
				t.Errorf("console was changed at %v", f.ModTime)
			}
			for name, n := range map[string]int{"!long": 200, "!sixty": 60, "!fifty-nine": 59} {
				if f := reference.Find(t, opened, name); f.Link != long[:n] {
					t.Errorf("%s: %q", name, f.Link)
				}
			}
		})
	}
}

// TestXattrs compares extended attributes, where the disk can hold them: in the
// inode, in a block, shared, in an inode of their own, and access control lists.
func TestXattrs(t *testing.T) {
	tree := t.TempDir()
	acl := "\x02\x00\x00\x00" + "\x01\x00\x06\x00\xff\xff\xff\xff" + "\x02\x00\x07\x00\x34\x12\x00\x00" +
		"\x04\x00\x04\x00\xff\xff\xff\xff" + "\x10\x00\x07\x00\xff\xff\xff\xff" + "\x20\x00\x04\x00\xff\xff\xff\xff"
	files := map[string]map[string]string{
		"none":   nil,
		"small":  {"user.a": "1", "user.empty": "", "security.capability": "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		"block":  {"user.note": strings.Repeat("x", 900), "user.b": "2", "trusted.c": "3"},
		"shared": {"user.note": strings.Repeat("x", 900), "user.b": "2", "trusted.c": "3"},
		"acl":    {"system.posix_acl_access": acl},
	}
	for name, attributes := range files {
		p := filepath.Join(tree, name)
		if err := os.WriteFile(p, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		for k, v := range attributes {
			if err := syscall.Setxattr(p, k, []byte(v), 0); err != nil {
				t.Skipf("no attributes here: %v", err)
			}
		}
	}
	for _, options := range []string{"-t ext2 -b 4096", "-t ext2 -b 2048 -I 128", "-t ext3", "-t ext4 -b 2048", "-t ext4 -b 4096 -O inline_data", "-t ext4 -I 1024 -b 4096"} {
		t.Run(options, func(t *testing.T) {
			img := pack(t, tree, "8M", strings.Fields(options)...)
			sound(t, img)
			opened := whole(t, img)
			for name, want := range files {
				got := reference.Find(t, opened, "!"+name).Xattrs
				if len(got) != len(want) {
					t.Errorf("%s: %d attributes, want %d", name, len(got), len(want))
				}
				for k, v := range want {
					if string(got[k]) != v {
						t.Errorf("%s: %s is %q, want %q", name, k, got[k], v)
					}
				}
			}
		})
	}
}

// TestLargeFiles packs files whose maps are deep: extents in a tree of two
// levels, and triple indirect blocks.
func TestLargeFiles(t *testing.T) {
	tree := t.TempDir()
	for name, c := range map[string]struct{ begin, step, end int64 }{
		"pieces": {0, 2048, 3 << 20}, "end": {70 << 20, 1 << 20, 72 << 20},
	} {
		f, err := os.Create(filepath.Join(tree, name))
		if err != nil {
			t.Fatal(err)
		}
		for off := c.begin; off < c.end; off += c.step {
			if _, err := fmt.Fprintf(io.NewOffsetWriter(f, off), "piece %d", off); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Truncate(c.end + 5000); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	for _, options := range []string{"-t ext2 -b 1024", "-t ext4 -b 1024", "-t ext4 -b 1024 -O ^metadata_csum"} {
		t.Run(options, func(t *testing.T) {
			opened := open(t, pack(t, tree, "16M", strings.Fields(options)...))
			reference.Compare(t, inImage(opened), reference.OnDisk(t, tree))
		})
	}
}

// indexed has e2fsck make hash trees of the directories.
func indexed(t *testing.T, img string) {
	t.Helper()
	_ = exec.Command(reference.Need(t, "e2fsck"), "-fyD", img).Run() // its status says that it changed something
	sound(t, img)
	if out := debugfs(t, img, "htree /"); !strings.Contains(out, "Indirect levels") {
		t.Errorf("no hash tree: %.200s", out)
	}
}

// TestHashTrees has e2fsck index a large directory.
func TestHashTrees(t *testing.T) {
	tree := t.TempDir()
	for i := range 1200 {
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprintf("%s-%d", strings.Repeat("n", 100+i%100), i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, options := range []string{"-t ext2 -b 1024 -O dir_index", "-t ext4 -b 1024", "-t ext4 -b 4096 -O large_dir"} {
		t.Run(options, func(t *testing.T) {
			img := pack(t, tree, "16M", append(strings.Fields(options), "-N", "1500")...)
			indexed(t, img)
			reference.Compare(t, inImage(whole(t, img)), reference.OnDisk(t, tree))
		})
	}
}

// TestGenext2fs reads what another packer made, which leaves much of the
// superblock empty.
func TestGenext2fs(t *testing.T) {
	tool, tree := reference.Need(t, "genext2fs"), reference.Tree(t)
	for _, options := range []string{"-B 1024 -b 8192", "-B 4096 -b 2048 -L label", "-B 2048 -b 4096 -z"} {
		t.Run(options, func(t *testing.T) {
			img := filepath.Join(t.TempDir(), "img")
			reference.Run(t, ".", tool, append(strings.Fields(options), "-N", "500", "-d", tree, img)...)
			reference.Compare(t, inImage(whole(t, img)), reference.OnDisk(t, tree))
		})
	}
}

// TestEmptyJournal reads an image that says that it needs recovery, and whose
// journal is empty: there is nothing to replay.
func TestEmptyJournal(t *testing.T) {
	for _, options := range []string{"ext3", "ext4"} {
		img := pack(t, "", "8M", "-t", options)
		debugfs(t, img, "feature needs_recovery")
		if k := whole(t, img).Containers[0]; k.Attributes["journal"] != "clean" {
			t.Errorf("%s: %v", options, k.Attributes)
		}
	}
}

// TestLength puts an image between other bytes: nothing of them belongs to it,
// and its own backups of the superblock are no file systems.
func TestLength(t *testing.T) {
	for _, options := range []string{"-t ext2 -b 1024 -g 1024", "-t ext4 -b 1024 -g 1024 -O ^has_journal,^flex_bg"} {
		data, err := os.ReadFile(pack(t, reference.Tree(t), "8M", strings.Fields(options)...))
		if err != nil {
			t.Fatal(err)
		}
		around := slices.Concat(make([]byte, 3*512), data, []byte("hsqs and what follows"))
		opened := reference.Open(t, around)
		if len(opened.Containers) != 1 || opened.Containers[0].Offset != 3*512 || opened.Containers[0].Length != int64(len(data)) {
			t.Errorf("%+v", opened.Containers)
		}
	}
}
