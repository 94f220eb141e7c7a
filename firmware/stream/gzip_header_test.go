package stream_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
)

// TestGzipHeader reads members with long names and comments, and compares the sum of a
// header that has one.
func TestGzipHeader(t *testing.T) {
	member := func(name, comment string, sum int) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Name, w.Comment, w.Extra = name, comment, []byte("BC\x02\x00\x10\x20")
		_, _ = w.Write([]byte("content\n"))
		_ = w.Close()
		packed := b.Bytes()
		if sum < 0 {
			return packed
		}
		packed[3] |= 2
		n := bytes.Index(packed, []byte(comment+"\x00")) + len(comment) + 1
		crc := uint16(crc32.ChecksumIEEE(packed[:n])) ^ uint16(sum)
		return append(binary.LittleEndian.AppendUint16(bytes.Clone(packed[:n]), crc), packed[n:]...)
	}
	long := strings.Repeat("folder/", 500) + "f\u00e9"
	for name, c := range map[string]struct {
		packed []byte
		opens  bool
	}{
		"usual":          {member("a", "b", -1), true},
		"a long name":    {member(long, "c", -1), true},
		"a long comment": {member("a", long, -1), true},
		"a sum":          {member(long, "comment", 0), true},
		"a wrong sum":    {member(long, "comment", 1), false},
		"no end":         {member(strings.Repeat("n", 1<<17), "c", -1), false},
	} {
		for _, data := range [][]byte{c.packed, append(bytes.Clone(c.packed), c.packed...)} {
			in := format.InMemory(data)
			got, err := stream.Gzip.Open(t.Context(), in, format.NewBudget(10, 1<<20, 1<<20, 0))
			if (err == nil) != c.opens {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil && (got.Length != int64(len(data)) || !bytes.HasPrefix(got.Stream, []byte("content\n"))) {
				t.Errorf("%s: %d bytes of %d, %q", name, got.Length, len(data), got.Stream)
			}
			if err == nil && name == "a long name" && got.StreamName != long {
				t.Errorf("named %q", got.StreamName)
			}
		}
	}
}

// TestBlocks reads BGZF: the extra field of a member is passed over where it says how
// long that is, and offered where it says anything else.
func TestBlocks(t *testing.T) {
	block := func(content string, more int) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Extra = []byte("BC\x02\x00\x00\x00")
		_, _ = w.Write([]byte(content))
		_ = w.Close()
		binary.LittleEndian.PutUint16(b.Bytes()[16:], uint16(b.Len()-1+more))
		return b.Bytes()
	}
	for more, headers := range map[int]int{0: 0, 1: 2} {
		data := append(append(block("one", 0), block("two", more)...), block("three", more)...)
		got, err := stream.Gzip.Open(t.Context(), format.InMemory(data), format.NewBudget(10, 1<<20, 1<<20, 0))
		if err != nil || string(got.Stream) != "onetwothree" || len(got.Unread) != headers {
			t.Errorf("%d: %v, %q, %v", more, err, got.Stream, got.Unread)
		}
	}
}
