package ar_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/ar"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

func read(t testing.TB, elements ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReference packs with binutils and with LLVM, in the ways of GNU and of BSD.
func TestReference(t *testing.T) {
	work := t.TempDir()
	var names, want []string
	for _, name := range []string{"a", "b.txt", "a name that is longer than sixteen", "fifteen-letters", "sixteen-letters-", "ü"} {
		text := strings.Repeat(name+"\n", len(name))
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		want = append(want, name+"="+text)
	}
	slices.Sort(want)
	for _, command := range []string{"ar qcS", "ar qcSU", "llvm-ar qcS --format=gnu", "llvm-ar qcS --format=bsd"} {
		t.Run(command, func(t *testing.T) {
			args := strings.Fields(command)
			out := filepath.Join(t.TempDir(), "lib.a")
			reference.Run(t, work, reference.Need(t, args[0]), append(append(args[1:], out), names...)...)
			o := open(t, string(read(t, out)))
			var got []string
			for i, e := range o.Tree.Entries() {
				content, err := o.Tree.Read(i)
				if err != nil {
					t.Error(err)
				}
				got = append(got, e.Name+"="+string(content))
			}
			slices.Sort(got)
			if !slices.Equal(got, want) || o.Length != int64(len(read(t, out))) {
				t.Errorf("%d bytes: %q, want %q", o.Length, got, want)
			}
		})
	}
}

// TestDebian builds packages with each compression and compares what is in them
// with the tree.
func TestDebian(t *testing.T) {
	dpkg := reference.Need(t, "dpkg-deb")
	tree := reference.Tree(t)
	if err := os.Remove(filepath.Join(tree, "odd/new\nline")); err != nil { // dpkg-deb refuses it
		t.Fatal(err)
	}
	want := reference.OnDisk(t, tree)
	if err := os.Mkdir(filepath.Join(tree, "DEBIAN"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, "DEBIAN/control"), []byte("Package: sample\nVersion: 1.0-2\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: sample\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, options := range []string{"-Znone", "-Zgzip", "-Zxz", "-Zzstd", "-Zxz --no-uniform-compression"} {
		t.Run(options, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "a.deb")
			reference.Run(t, tree, dpkg, append(strings.Fields(options), "-b", tree, out)...)
			img := reference.Open(t, read(t, out))
			if k := img.Containers[0]; k.Type != "ar" || k.Attributes["package"] != "deb" || k.Modes {
				t.Errorf("%s %v, modes %v", k.Type, k.Attributes, k.Modes)
			}
			reference.Find(t, img, "!control")
			data := *img
			data.Files = slices.DeleteFunc(slices.Clone(img.Files), func(f *firmware.File) bool {
				return !strings.Contains(f.Path, "ar!data.tar") || f.Container.Type != "tar"
			})
			reference.Compare(t, reference.InImage(&data, "tar"), want)
			for _, s := range img.Skipped {
				if !strings.HasPrefix(s.Reason, "not recognised") {
					t.Errorf("skipped: %v", s)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	var image strings.Builder
	image.WriteString(magic)
	for i := range 100 {
		image.WriteString(member(fmt.Sprintf("%d/", i), strings.Repeat("0123456789", 50000)))
	}
	in := format.InMemory([]byte(image.String()))
	for b.Loop() {
		o, err := ar.Format.Open(context.Background(), in, format.NewBudget(1000, 1<<30, 1<<30, 100))
		if err != nil {
			b.Fatal(err)
		}
		sum := 0
		for i := range o.Tree.Entries() {
			content, err := o.Tree.Read(i)
			if err != nil {
				b.Fatal(err)
			}
			sum += len(content)
		}
		b.SetBytes(in.Size)
	}
}
