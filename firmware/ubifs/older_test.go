package ubifs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"
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
