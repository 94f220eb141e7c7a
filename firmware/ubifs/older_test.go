package ubifs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"

	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ubifs"
)

// older gives the contents of an image that are there no more, in the order of their
// names.
func older(t *testing.T, b []byte) []string {
	t.Helper()
	o, err := read(t, b)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name, line := range o.files {
		if strings.Contains(name, "@") {
			got = append(got, line[strings.Index(line, `"`):])
		}
	}
	slices.Sort(got)
	return got
}

// What was rewritten, deleted or cut off can be read as long as it is not erased.
func TestOlder(t *testing.T) {
	if got := older(t, clean()); len(got) > 0 {
		t.Errorf("a new file system has %q", got)
	}
	got := older(t, journaled())
	if len(got) != 3 || got[1] != `"b"` || got[2] != `"old a"` || !strings.Contains(got[0], `\x`) {
		t.Errorf("%.200q", got)
	}
}

// deflated makes a node of data packed with zlib's deflate.
func (m *image) deflated(inode, number uint32, content string) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	b := out.Bytes()
	return m.node(1, 0, body(key(inode, 1, number), uint32(len(content)), uint16(2), uint16(0), b[2:len(b)-4]))
}

func TestOlderBlocks(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----"
	for name, c := range map[string]struct {
		write func(m *image)
		want  []string
	}{
		"packed": {func(m *image) { m.put(m.deflated(65, 0, secret)) }, []string{`"` + secret + `"`}},
		"two blocks": {func(m *image) {
			m.put(m.data(99, 7, bytes.Repeat([]byte("a"), 4096)))
			m.put(m.deflated(99, 8, secret))
		}, []string{`"` + strings.Repeat("a", 4096) + secret + `"`}},
		"a copy": {func(m *image) {
			l := m.leaves[slices.IndexFunc(m.leaves, func(l leaf) bool { return le.Uint32(l.key[:]) == 65 && l.key[7] == 0x20 })]
			m.put(bytes.Clone(m.b[l.at : l.at+l.ln]))
		}, nil},
		"behind the end": {func(m *image) {
			m.commit(m.entry(1, 90, 0, "short"), m.inode(90, 0o100644, 1, 0, 3, ""), m.data(90, 0, []byte("abc"+secret)))
		}, []string{`"abc` + secret + `"`}},
		"encrypted": {func(m *image) {
			n := m.data(99, 0, []byte("noise"))
			n[46] = 5
			sum(n)
			m.put(n)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := newImage()
			m.tree()
			c.write(m)
			b := m.done(m.index())
			if got := older(t, b); !slices.Equal(got, c.want) {
				t.Errorf("%.100q, want %.100q", got, c.want)
			}
		})
	}
}

// Room in nodes, what a node of padding fills, the table of the eraseblocks' properties
// and nodes that nothing refers to are offered.
func TestIdle(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7Z"
	in := func(at int) func(m *image, b []byte) { return func(_ *image, b []byte) { copy(b[at:], secret) } }
	node := func(make func(m *image) []byte) func(m *image, b []byte) {
		return func(m *image, b []byte) { copy(b[12*leb:], make(m)) }
	}
	for name, plant := range map[string]func(m *image, b []byte){
		"superblock":        in(130),
		"superblock's end":  in(4096 - len(secret)),
		"the first master":  in(leb + 170),
		"the second master": in(2*leb + 400),
		"properties":        in(5 * leb),
		"padding": node(func(m *image) []byte {
			return append(m.node(5, 0, body(uint32(100))), secret...)
		}),
		"orphans":      node(func(m *image) []byte { return m.node(11, 0, body(uint64(1), []byte(secret))) }),
		"an old index": node(func(m *image) []byte { return m.node(9, 0, body(uint16(3), uint16(0), []byte(secret[:60]))) }),
	} {
		t.Run(name, func(t *testing.T) {
			m := newImage()
			m.tree()
			b := m.done(m.index())
			plant(m, b)
			resum(b)
			if !formattest.Offered(t, ubifs.Format, b, secret[:60]) {
				t.Error("not offered")
			}
		})
	}
	m := newImage()
	m.tree()
	m.commit(m.entry(1, 90, 0, "file"), m.inode(90, 0o100644, 1, 0, 0, secret))
	if !formattest.Offered(t, ubifs.Format, m.done(m.index()), secret) {
		t.Error("in the inode of a file: not offered")
	}
}
