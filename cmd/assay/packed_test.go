package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// badTree is the good example with all violations that can be planted together.
func badTree(t *testing.T) []firmwaretest.File {
	tr := goodTree(t)
	planted := 0
	for _, v := range violations {
		if v.plant == nil || v.name == "no reset" {
			continue
		}
		func() {
			defer func() { _ = recover() }() // an earlier one took away what this one changes
			v.plant(tr)
			planted++
		}()
	}
	if planted < 35 {
		t.Fatalf("only %d violations", planted)
	}
	for name, f := range tr {
		f.UID, f.GID = 0, 0
		tr[name] = f
	}
	return tr.files()
}

// The same tree says the same, however it is packed and in whatever order its
// files stand.
func TestPacked(t *testing.T) {
	files := badTree(t)
	want := ""
	for _, form := range []struct {
		name string
		pack func(t *testing.T, files []firmwaretest.File) firmware.Source
	}{
		{"folder", func(_ *testing.T, files []firmwaretest.File) firmware.Source {
			return firmware.Source{Name: "image", Folder: folderOf(files), Modes: true}
		}},
		{"tar", func(_ *testing.T, files []firmwaretest.File) firmware.Source {
			return firmware.Bytes("image", firmwaretest.Tar(files...))
		}},
		{"cpio", func(_ *testing.T, files []firmwaretest.File) firmware.Source {
			return firmware.Bytes("image", firmwaretest.Cpio(files...))
		}},
		{"squashfs", func(_ *testing.T, files []firmwaretest.File) firmware.Source {
			return firmware.Bytes("image", firmwaretest.Squashfs(files...))
		}},
		{"ext4", packExt4},
	} {
		t.Run(form.name, func(t *testing.T) {
			for round := range 3 {
				order := slices.Clone(files)
				rand.New(rand.NewPCG(1, uint64(round))).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
				got := findingsOf(t, form.pack(t, order))
				if want == "" {
					want = got
				}
				if got != want {
					t.Fatalf("round %d: %s", round, firstDifference([]byte(got), []byte(want)))
				}
			}
		})
	}
	if n := strings.Count(want, " fail "); n < 20 {
		t.Errorf("only %d checks fail:\n%s", n, want)
	}
}

// findingsOf assesses an image and says what was found, without the names of
// containers.
func findingsOf(t *testing.T, src firmware.Source) string {
	t.Helper()
	list := catalogue.Checks()
	o, err := facts.Observe(t.Context(), src, firmware.Options{}, needs(list)...)
	if err != nil {
		t.Fatal(err)
	}
	subject := checks.Subject{AsOf: today, Images: []checks.Part{{Observation: o}}}
	var b strings.Builder
	for _, r := range checks.Assess(t.Context(), subject, list) {
		fmt.Fprintf(&b, "%s %s %s\n", r.Check, r.Verdict, withoutContainers(r.Reason))
		for _, f := range r.Findings {
			fmt.Fprintf(&b, "\t%s %s\n", f.Severity, f.Message)
			for _, e := range f.Evidence {
				e.Location.Path = inner(e.Location.Path)
				place, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "\t\t%s\n", place)
			}
		}
	}
	return b.String()
}

func inner(p string) string { return p[strings.LastIndexByte(p, '!')+1:] }

// withoutContainers cuts the containers off the paths in a reason.
func withoutContainers(reason string) string {
	words := strings.Fields(reason)
	for i, w := range words {
		if strings.HasPrefix(w, "image") {
			words[i] = inner(w)
		}
	}
	return strings.Join(words, " ")
}

func folderOf(files []firmwaretest.File) fs.FS {
	folder := fstest.MapFS{}
	for _, f := range files {
		data := f.Data
		if f.Link != "" {
			data = []byte(f.Link)
		}
		folder[f.Name] = &fstest.MapFile{Data: data, Mode: f.Mode}
	}
	return folder
}

// packExt4 packs with mke2fs, which takes the owners of the folder: debugfs gives
// all to root.
func packExt4(t *testing.T, files []firmwaretest.File) firmware.Source {
	mke2fs, debugfs := reference.Need(t, "mke2fs"), reference.Need(t, "debugfs")
	dir := t.TempDir()
	root, image, script := filepath.Join(dir, "root"), filepath.Join(dir, "image"), filepath.Join(dir, "script")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	var commands strings.Builder
	for _, f := range files {
		for name := f.Name; name != "."; name = filepath.Dir(name) {
			fmt.Fprintf(&commands, "sif %q uid 0\nsif %q gid 0\n", "/"+name, "/"+name)
		}
		if err := unpack(filepath.Join(root, f.Name), f); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files { // last, so that nothing stands in the way
		if f.Link == "" {
			if err := os.Chmod(filepath.Join(root, f.Name), f.Mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(script, []byte(commands.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, dir, mke2fs, "-q", "-F", "-t", "ext4", "-m", "0", "-d", root, image, "8M")
	reference.Run(t, dir, debugfs, "-w", "-f", script, image)
	data, err := os.ReadFile(image)
	if err != nil {
		t.Fatal(err)
	}
	return firmware.Bytes("image", data)
}

func unpack(to string, f firmwaretest.File) error {
	if f.Mode.IsDir() {
		return os.MkdirAll(to, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if f.Link != "" {
		return os.Symlink(f.Link, to)
	}
	return os.WriteFile(to, f.Data, 0o600)
}

// TestInspectBytes: the whole standard output of twenty runs is the same, run
// included.
func TestInspectBytes(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image.squashfs")
	if err := os.WriteFile(image, firmwaretest.Squashfs(badTree(t)...), 0o600); err != nil {
		t.Fatal(err)
	}
	first := ""
	for range 20 {
		code, out, errs := call("inspect", image, "--format", "json", "--as-of", "2026-11-23")
		if code != exitYes {
			t.Fatalf("exit code %d\n%s", code, errs)
		}
		if first == "" {
			first = out
		}
		if out != first {
			t.Fatalf("two runs differ:\n%s", firstDifference([]byte(out), []byte(first)))
		}
	}
}
