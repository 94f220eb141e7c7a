package ubifs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ubifs"
)

func clean() []byte {
	m := newImage()
	m.tree()
	return m.done(m.index())
}

// journaled is the image of a file system that was not unmounted: in its journal
// files are rewritten, removed, made, truncated, renamed and linked.
func journaled() []byte {
	m := newImage()
	m.dirty = true
	m.tree()
	root := m.index()
	m.journal(2, m.data(65, 0, []byte("new a")), m.data(80, 0, []byte("made")), m.data(82, 0, []byte("grown")))
	m.journal(1, slices.Concat(
		group(m.entry(1, 0, 0, "b"), m.inode(66, 0o100644, 0, 0, 0, ""), m.inode(1, 0o040755, 3, 0, 0, "")),
		group(m.entry(64, 80, 0, "made"), m.inode(80, 0o100600, 1, 0, 4, ""), m.inode(64, 0o041777, 2, 0, 0, "")),
		group(m.inode(67, 0o100644, 1, 0, 4096+7, ""), m.truncation(67, uint64(len(long)), 4096+7), m.data(67, 1, long[4096:4096+7])),
		group(m.entry(64, 0, 0, "odd\nname"), m.entry(1, 68, 0, "renamed")),
		group(m.xattr(65, 81, "user.y"), m.inode(81, 0o100777, 1, 0x20, 2, "yy")),
		group(m.entry(1, 82, 0, "grown"), m.inode(82, 0o100644, 1, 0, 0, "")),
	)...)
	return m.done(root)
}

// opened is what came of an image: a line for each entry, and the damage.
type opened struct {
	files  map[string]string
	damage []format.Damage
	length int64
}

func read(t testing.TB, b []byte) (o opened, err error) {
	t.Helper()
	return readInput(t, format.InMemory(b))
}

func readInput(t testing.TB, in format.Input) (o opened, err error) {
	t.Helper()
	got, err := ubifs.Format.Open(context.Background(), in, format.NewBudget(1<<20, 1<<30, 16<<20, 256))
	if err != nil {
		return o, err
	}
	o.damage, o.length, o.files = got.Damage, got.Length, map[string]string{}
	entries := got.Tree.Entries()
	contents := map[int]string{}
	for _, b := range got.Tree.Batches() {
		b.Run(alone, func(i int, content []byte, err error) {
			contents[i] = fmt.Sprintf("%q", content)
			if err != nil {
				contents[i] = "error: " + err.Error()
			}
		})
	}
	for i, e := range entries {
		line := fmt.Sprintf("%v %d:%d", e.Mode, e.UID, e.GID)
		switch {
		case e.Err != nil:
			line += " error: " + e.Err.Error()
		case e.Mode.IsRegular():
			line += " " + contents[e.Inode]
		case e.Link != "":
			line += " -> " + e.Link
		case e.Rdev != 0:
			line += fmt.Sprintf(" %d,%d", e.Rdev>>32, uint32(e.Rdev))
		}
		if e.Inode != i {
			line += " = " + entries[e.Inode].Name
		}
		for _, k := range slices.Sorted(maps.Keys(e.Xattrs)) {
			line += fmt.Sprintf(" %s=%s", k, e.Xattrs[k])
		}
		o.files[e.Name] = line
	}
	return o, nil
}

func alone(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// expect opens an image that must have these files and so much damage.
func expect(t *testing.T, b []byte, want map[string]string, damage ...string) {
	t.Helper()
	o, err := read(t, b)
	if err != nil {
		t.Fatal(err)
	}
	for name, line := range o.files {
		if strings.HasPrefix(name, "lost+found/") && strings.Contains(name, "@") && want[name] == "" {
			continue // what is not erased yet
		}
		if want[name] == "" || !strings.HasPrefix(line, want[name]) {
			t.Errorf("%q is %.200s, want %.200s", name, line, want[name])
		}
	}
	for name := range want {
		if o.files[name] == "" {
			t.Errorf("%q is missing", name)
		}
	}
	for _, d := range o.damage {
		if !slices.ContainsFunc(damage, func(w string) bool { return strings.Contains(d.Reason, w) }) {
			t.Errorf("damage at 0x%x: %s", d.Offset, d.Reason)
		}
	}
	for _, w := range damage {
		if !slices.ContainsFunc(o.damage, func(d format.Damage) bool { return strings.Contains(d.Reason, w) }) {
			t.Errorf("no damage says %q: %v", w, o.damage)
		}
	}
}

const (
	dirLine  = "dtrwxrwxrwx 1:2"
	linkLine = "Lrwxrwxrwx 1:2 -> dir/a"
	ttyLine  = "Dcrw------- 1:2 5,1"
	fileLine = "-rw-r--r-- 1:2 "
)

func cleanFiles() map[string]string {
	return map[string]string{
		"dir": dirLine, "a": fileLine + `"old a"`, "b": fileLine + `"b" user.x=1`, "link": linkLine, "tty": ttyLine,
		"dir/long": fileLine + fmt.Sprintf("%q", long), "dir/odd\nname": fileLine + `"odd"`, "dir/again": fileLine + `"old a" = a`,
	}
}

func journaledFiles() map[string]string {
	w := cleanFiles()
	delete(w, "b")
	delete(w, "dir/odd\nname")
	w["a"], w["dir/again"] = fileLine+`"new a" user.y=yy`, fileLine+`"new a" = a user.y=yy`
	w["dir/made"], w["grown"] = `-rw------- 1:2 "made"`, fileLine+`"grown"`
	w["dir/long"], w["renamed"] = fileLine+fmt.Sprintf("%q", long[:4096+7]), fileLine+`"odd"`
	return w
}

func TestClean(t *testing.T)   { expect(t, clean(), cleanFiles()) }
func TestJournal(t *testing.T) { expect(t, journaled(), journaledFiles()) }

// A power failure leaves a node that is not whole, or a group without its end.
func TestInterrupted(t *testing.T) {
	m := newImage()
	m.dirty = true
	m.tree()
	root := m.index()
	g := group(m.entry(1, 0, 0, "a"), m.entry(1, 65, 0, "c"))
	m.journal(1, m.data(66, 0, []byte("B")), g[0])
	w := cleanFiles()
	w["b"] = fileLine + `"B" user.x=1`
	whole := m.done(root)
	expect(t, whole, w, "left out: their group is not whole")

	m.put(g[1])
	m.b[m.head-8] ^= 1
	expect(t, m.b, w, "left out: their group is not whole", "last write was interrupted")
}

// What the garbage collector wrote is no group, whatever its nodes say.
func TestCollected(t *testing.T) {
	m := newImage()
	m.tree()
	root := m.index()
	m.journal(0, group(m.data(66, 0, []byte("B")), m.data(1000, 0, nil))[0])
	w := cleanFiles()
	w["b"] = fileLine + `"B" user.x=1`
	expect(t, m.done(root), w)
}

// The log goes on in its next eraseblock, and ends where the nodes are older.
func TestLog(t *testing.T) {
	m := newImage()
	m.tree()
	before := m.node(8, 0, body(uint32(lebs-1), uint32(0), uint32(1), make([]byte, 28)))
	root := m.index()
	m.journal(1, m.data(66, 0, []byte("B")))
	m.done(root)
	copy(m.b[(lebs-1)*leb:], m.data(66, 0, []byte("X")))
	copy(m.b[4*leb:], before)
	w := cleanFiles()
	w["b"] = fileLine + `"B" user.x=1`
	expect(t, m.b, w)

	m.journal(1, m.data(66, 0, []byte("C")))
	copy(m.b[4*leb:], m.node(8, 0, body(uint32(m.buds[1][0]), uint32(0), uint32(1), make([]byte, 28))))
	w["b"] = fileLine + `"C" user.x=1`
	expect(t, m.b, w)

	copy(m.b[4*leb:], m.node(8, 0, body(uint32(1), uint32(0), uint32(1), make([]byte, 28))))
	w["b"] = fileLine + `"B" user.x=1`
	expect(t, m.b, w, "no place for a journal")

	le.PutUint64(m.b[3*leb+24:], 77)
	resum(m.b)
	expect(t, m.b, cleanFiles(), "does not begin with the last commit")
}

// The newest node counts, wherever it is.
func TestOrder(t *testing.T) {
	m := newImage()
	m.tree()
	root := m.index()
	inode, data, name := m.inode(66, 0o100600, 1, 0, 9, ""), m.data(66, 0, []byte("older")), m.entry(1, 0, 0, "a")
	m.journal(1, m.inode(66, 0o100644, 1, 0, 1, ""), m.data(66, 0, []byte("B")), m.entry(1, 65, 0, "a"))
	m.journal(2, inode, data, name)
	w := cleanFiles()
	w["b"] = fileLine + `"B" user.x=1`
	expect(t, m.done(root), w)
}

// A file that was cut twice and then made longer has holes where it was cut.
func TestCutTwice(t *testing.T) {
	m := newImage()
	m.tree()
	root := m.index()
	m.journal(1, m.truncation(67, uint64(len(long)), 8192), m.truncation(67, 8192, 4096), m.inode(67, 0o100644, 1, 0, 12288, ""), m.data(67, 2, long[:4096]))
	w := cleanFiles()
	w["dir/long"] = fileLine + fmt.Sprintf("%q", string(long[:4096])+string(make([]byte, 4096))+string(long[:4096]))
	expect(t, m.done(root), w)
}

// A file whose data were in a lost part of the journal has no hole instead.
func TestTorn(t *testing.T) {
	m := newImage()
	m.tree()
	root := m.index()
	m.journal(1, m.inode(80, 0o100644, 1, 0, 10, ""), m.entry(1, 80, 0, "f"), m.inode(66, 0o100600, 1, 0, 1, ""))
	m.buds = append(m.buds, [3]int{lebs, 0, 2})
	w := cleanFiles()
	w["f"], w["b"] = fileLine+"error: at 0x", `-rw------- 1:2 "b" user.x=1`
	expect(t, m.done(root), w, "lies behind the end")
}

// The index refers to a node of another key.
func TestOtherKey(t *testing.T) {
	m := newImage()
	m.commit(m.inode(1, 0o040755, 2, 0, 0, ""))
	m.file(1, 65, "a", "aaa")
	m.file(1, 66, "b", "bbb")
	m.leaves[3].at = m.leaves[6].at
	expect(t, m.done(m.index()), map[string]string{"a": fileLine + "error: at 0x", "b": fileLine + `"bbb"`})
}

// The first key of an index node may be greater than the least key below it.
func TestFirstKey(t *testing.T) {
	m := newImage()
	m.tree()
	root := m.index()
	b := m.done(root)
	copy(b[root.at+40:root.at+48], b[root.at+60:root.at+68])
	resum(b)
	first := int(le.Uint32(b[root.at+28:])*leb + le.Uint32(b[root.at+32:]))
	b[first+30] ^= 1
	expect(t, b, cleanFiles(), "checksum of a node differs", "newest nodes")
}

// Without an index, all nodes are looked through.
func TestSearch(t *testing.T) {
	for name, c := range map[string]struct {
		image []byte
		want  map[string]string
	}{"clean": {clean(), cleanFiles()}, "journaled": {journaled(), journaledFiles()}} {
		t.Run(name, func(t *testing.T) {
			root := int(le.Uint32(c.image[leb+48:])*leb + le.Uint32(c.image[leb+52:]))
			c.image[root+30] ^= 1
			expect(t, c.image, c.want, "the checksum of a node differs", "put together from the newest nodes")
		})
	}
}

// Each node of the index, damaged, costs at most what is below it, and nothing
// is said to be whole that is not.
func TestIndexDamaged(t *testing.T) {
	for _, b := range [][]byte{clean(), journaled()} {
		whole, err := read(t, b)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for at := mainLEB * leb; at+24 < len(b); at += 8 {
			if !bytes.Equal(b[at:at+4], magic) || b[at+20] != 9 {
				continue
			}
			n++
			bad := bytes.Clone(b)
			bad[at+30] ^= 1
			o, err := read(t, bad)
			if err != nil || len(o.damage) == 0 || !maps.Equal(o.files, whole.files) {
				t.Errorf("index node at 0x%x: %v, %v", at, err, o)
			}
		}
		if n < 4 {
			t.Errorf("%d index nodes", n)
		}
	}
}

// A damaged node of a file costs this file.
func TestLeafDamaged(t *testing.T) {
	b := clean()
	for at := mainLEB * leb; at+24 < len(b); at += 8 {
		if !bytes.Equal(b[at:at+4], magic) || b[at+20] > 3 {
			continue
		}
		bad := bytes.Clone(b)
		bad[at+40] ^= 1
		o, err := read(t, bad)
		if err != nil {
			t.Errorf("0x%x: %v", at, err)
			continue
		}
		wrong := 0
		for name, line := range o.files {
			switch w := cleanFiles()[name]; {
			case strings.Contains(line, "at 0x"):
				wrong++
			case !strings.HasPrefix(w, line) && !strings.HasPrefix(name, "lost+found/"): // other names and attributes may be lost
				t.Errorf("0x%x: %s is %s", at, name, line)
			}
		}
		if wrong+len(o.damage) == 0 {
			t.Errorf("node of kind %d at 0x%x: nothing is wrong", b[at+20], at)
		}
	}
}

// A block that is lost with a part of the index is no hole.
func TestLostBlock(t *testing.T) {
	m := newImage()
	m.commit(m.inode(1, 0o040755, 2, 0, 0, ""), m.entry(1, 65, 0, "f"), m.inode(65, 0o100644, 1, 0, 8192, ""), m.data(65, 1, long[:4096]))
	root := m.index()
	b := m.done(root)
	expect(t, bytes.Clone(b), map[string]string{"f": fileLine + fmt.Sprintf("%q", string(make([]byte, 4096))+string(long[:4096]))})
	b[root.at+30] ^= 1
	expect(t, b, map[string]string{"f": fileLine + "error: at 0x"}, "the checksum of a node differs", "newest nodes")
}

// Names that are lost leave their files behind.
func TestNameless(t *testing.T) {
	m := newImage()
	m.tree()
	root := m.index()
	b := m.done(root)
	for at := mainLEB * leb; at+24 < len(b); at += 8 {
		if bytes.Equal(b[at:at+4], magic) && b[at+20] == 2 && string(b[at+56:at+60]) == "long" {
			b[at+56]++
		}
	}
	w := cleanFiles()
	w["lost+found/inode-67"] = w["dir/long"]
	delete(w, "dir/long")
	expect(t, b, w, "a name in inode 64 is lost")
}

func TestSuperblockDamaged(t *testing.T) {
	b := clean()
	b[100] ^= 1
	if _, err := read(t, b); err == nil {
		t.Error("a damaged superblock opens")
	}
	if ubifs.Format.Probe(format.InMemory(b)) != format.No || ubifs.Format.Probe(format.InMemory(b[leb:])) == format.No {
		t.Error("not looked for where the master node is")
	}
	expect(t, b[leb:], cleanFiles(), "no superblock", "newest nodes")
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		at    int
		value uint32
	}{
		"eraseblocks of 4096 bytes":     {36, 4096},
		"eraseblocks of 268435456 byte": {36, 1 << 28},
		"smallest write of 24":          {32, 24},
		"13 eraseblocks, 20 of":         {64, 14},
		"format of keys 7":              {24, 7 << 24},
	} {
		b := clean()
		le.PutUint32(b[c.at:], c.value)
		resum(b)
		_, err := read(t, b)
		var e *format.Error
		if err == nil || !strings.Contains(err.Error(), name) || !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := clean()
	copy(b[leb:], bytes.Repeat([]byte{0xff}, 2*leb))
	if _, err := read(t, b); err == nil || !strings.Contains(err.Error(), "no valid master node") {
		t.Errorf("no master: %v", err)
	}
}

// Loops: an index node that refers to itself, a directory that is in itself.
func TestLoops(t *testing.T) {
	m := newImage()
	m.tree()
	m.commit(m.entry(64, 64, 1, "self"), m.entry(64, 1, 1, "up"))
	root := m.index()
	b := m.done(root)
	expect(t, bytes.Clone(b), cleanFiles(), "dir/self is in the tree twice", "dir/up is in the tree twice")

	le.PutUint32(b[root.at+28:], uint32(root.at/leb))
	le.PutUint32(b[root.at+32:], uint32(root.at%leb))
	le.PutUint32(b[root.at+36:], uint32(root.ln))
	resum(b)
	expect(t, b, cleanFiles(), "in the index twice", "newest nodes", "in the tree twice")
}

// What is larger than the limits is not allocated.
func TestLimits(t *testing.T) {
	m := newImage()
	m.commit(m.inode(1, 0o040755, 2, 0, 0, ""), m.entry(1, 65, 0, "f"), m.inode(65, 0o100644, 1, 0, 1<<40, ""))
	expect(t, m.done(m.index()), map[string]string{"f": fileLine + "error: at 0x"})

	got, err := ubifs.Format.Open(context.Background(), format.InMemory(clean()), format.NewBudget(3, 1<<30, 16<<20, 256))
	if err != nil || len(got.Tree.Entries()) != 3 || len(got.Damage) != 1 {
		t.Errorf("%v, %+v", err, got)
	}
}

// Encrypted names and contents are listed.
func TestEncrypted(t *testing.T) {
	m := newImage()
	m.commit(m.inode(1, 0o040755, 2, 0, 0, ""), m.entry(1, 65, 1, "d"), m.inode(65, 0o040755, 2, 0x40, 0, ""),
		m.xattr(65, 70, "c"), m.inode(70, 0o100777, 1, 0x20, 2, "ct"),
		m.entry(65, 66, 0, "\x00/\xff"), m.inode(66, 0o100644, 1, 0x40, 5, ""), m.data(66, 0, []byte("0123456789abcdef")),
		m.entry(65, 67, 2, "\x01"), m.inode(67, 0o120777, 1, 0x40, 5, "\x02\x00xx"))
	expect(t, m.done(m.index()), map[string]string{
		"d": "drwxr-xr-x 1:2 error: at 0x", "d/AC__": fileLine + "error: at 0x", "d/AQ": "Lrwxrwxrwx 1:2 error: at 0x",
	})
}

// A file system whose end is missing gives what is left of it, or an error.
func TestCut(t *testing.T) {
	for _, b := range [][]byte{clean(), journaled()} {
		whole, _ := read(t, b)
		for cut := len(b); cut >= 0; cut -= 1024 {
			checkCut(t, whole, b[:cut], cut, cleanFiles())
		}
	}
}

// checkCut checks that a file system that was cut has nothing wrong without
// saying so. Files may be in the state of the last commit.
func checkCut(t *testing.T, whole opened, b []byte, cut int, committed map[string]string) {
	t.Helper()
	o, err := read(t, b)
	if err != nil {
		return
	}
	lost := len(whole.files) - len(o.files)
	for name, line := range o.files {
		if strings.Contains(line, "error: ") || strings.HasPrefix(name, "lost+found/") {
			continue
		}
		// Attributes and other names of the same file may be lost.
		if !strings.HasPrefix(whole.files[name], line) && !strings.HasPrefix(committed[name], line) {
			t.Errorf("cut at 0x%x: %q is %.100s, was %.100s", cut, name, line, whole.files[name])
		}
	}
	if lost > 0 && len(o.damage) == 0 {
		t.Errorf("cut at 0x%x: %d files are missing and nothing says so", cut, lost)
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, ubifs.Format, clean(), journaled()) }

// TestEdited changes bytes of nodes and makes the checksums fit again.
func TestEdited(t *testing.T) {
	for _, b := range [][]byte{clean(), journaled()} {
		for at := 0; at < len(b); at += 7 {
			if b[at] == 0xff || at < leb && at > 128 || at > leb && at < 3*leb && at%leb > 64 {
				continue
			}
			bad := bytes.Clone(b)
			bad[at] = []byte{0, 1, 0x80, 0xff}[at%4]
			resum(bad)
			formattest.Try(t, ubifs.Format, bad)
		}
	}
}

func FuzzUbifs(f *testing.F) { formattest.Fuzz(f, ubifs.Format, clean(), journaled()) }

// FuzzEdited changes bytes of whole nodes: each four bytes of the input are a
// place and a value.
func FuzzEdited(f *testing.F) {
	images := [][]byte{clean(), journaled()}
	var places [2][]int
	for i, b := range images {
		for at, c := range b {
			if c != 0xff {
				places[i] = append(places[i], at)
			}
		}
	}
	f.Add([]byte{0, 0, 0, 0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, edits []byte) {
		if len(edits) == 0 {
			return
		}
		i := int(edits[0]) % 2
		b := bytes.Clone(images[i])
		for e := range slices.Chunk(edits[1:], 4) {
			if len(e) == 4 {
				b[places[i][int(le.Uint32([]byte{e[0], e[1], e[2], 0}))%len(places[i])]] = e[3]
			}
		}
		resum(b)
		formattest.Try(t, ubifs.Format, b)
	})
}
