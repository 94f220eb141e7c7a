package facts

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxWritablePlaces is the number of places that are listed of one tree.
const maxWritablePlaces = 16

// WritableTree is a folder or file of a root file system that everyone may
// write to, with everything below it that they may write to as well.
type WritableTree struct {
	Root    string           `json:"root"`
	Name    string           `json:"name"` // in the root; empty for most of the root itself
	Folder  bool             `json:"folder"`
	Files   int              `json:"files"`   // writable files in it
	Folders int              `json:"folders"` // writable folders in it, without a sticky bit
	Program bool             `json:"program"` // a place of programs and settings
	Places  []assay.Location `json:"places"`
}

// WritableTrees are the world-writable files and folders of the root file
// systems. Sticky folders are right, links have no mode of their own, and a
// root without modes says nothing.
var WritableTrees = &Fact[[]WritableTree]{
	Name:    "writable-trees",
	Version: 2,
	Doc:     "Files and folders that everyone may write to, as they are packed or as a command of the boot makes them, one entry for each tree.",
	Needs:   []Node{Tree, Roots, Boot},
	Observe: func(o *Observer) ([]WritableTree, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		roots, err := Roots.Of(o)
		if err != nil {
			return nil, err
		}
		g, err := Boot.Of(o)
		if err != nil {
			return nil, err
		}
		found := []WritableTree{}
		for _, c := range img.Containers {
			if !amongRoots(c, roots) {
				continue
			}
			if c.Modes {
				found = append(found, writableTrees(img, c)...)
			}
			found = append(found, openedAtBoot(c, g.Commands)...)
		}
		return found, nil
	},
}

// isWritable reports whether everyone may change a file, or put files into a
// folder and take others' away.
func isWritable(f *firmware.File) bool {
	switch f.Kind {
	case firmware.Regular:
		return f.Mode&0o002 != 0
	case firmware.Directory:
		return f.Mode&0o002 != 0 && f.Mode&fs.ModeSticky == 0
	}
	return false
}

// passing are folders whose content does not outlive a start, or that are
// mount points of the kernel.
var passing = []string{"dev", "proc", "sys", "tmp", "run", "var/run", "var/lock", "var/tmp", "var/volatile"}

func isPassing(name string) bool {
	return slices.ContainsFunc(passing, func(p string) bool { return name == p || strings.HasPrefix(name, p+"/") })
}

// programPlaces are where programs and settings lie.
var programPlaces = []string{"bin", "sbin", "lib", "lib32", "lib64", "usr", "etc", "opt", "boot", "root", "www", "system", "rom", "init", "libexec"}

func writableTrees(img *firmware.Image, c *firmware.Container) []WritableTree {
	trees := map[string]*WritableTree{}
	files, writable := 0, 0
	var order []string
	for _, f := range img.Files { // by path: a folder comes before what is in it
		if f.Container != c || f.Name == "." || f.Name == "" || isPassing(f.Name) {
			continue
		}
		if f.Kind == firmware.Regular {
			files++
		}
		if !isWritable(f) {
			continue
		}
		if f.Kind == firmware.Regular {
			writable++
		}
		name := f.Name
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if trees[dir] != nil && trees[dir].Folder {
				name = dir
			}
		}
		t := trees[name]
		if t == nil {
			top, _, _ := strings.Cut(name, "/")
			t = &WritableTree{Root: c.Path, Name: name, Folder: f.Kind == firmware.Directory, Program: slices.Contains(programPlaces, top)}
			trees[name] = t
			order = append(order, name)
		}
		t.add(f)
	}
	out := make([]WritableTree, 0, len(order))
	for _, name := range order {
		out = append(out, *trees[name])
	}
	if files > 8 && writable*2 > files { // packed where modes mean nothing: one finding
		return []WritableTree{wholeRoot(c, out)}
	}
	return out
}

func (t *WritableTree) add(f *firmware.File) {
	if f.Kind == firmware.Regular {
		t.Files++
	} else {
		t.Folders++
	}
	if len(t.Places) < maxWritablePlaces {
		t.Places = append(t.Places, At(f))
	}
}

func wholeRoot(c *firmware.Container, trees []WritableTree) WritableTree {
	all := WritableTree{Root: c.Path, Folder: true, Program: true}
	for _, t := range trees {
		all.Files += t.Files
		all.Folders += t.Folders
		if len(t.Places) > 0 && len(all.Places) < maxWritablePlaces {
			all.Places = append(all.Places, t.Places[0])
		}
	}
	return all
}
