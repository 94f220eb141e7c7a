package stream_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
)

// compress packs as compress(1) does, with codes of so many bits at most. The table
// is cleared each time that it has so many strings; never if it is 0.
func compress(data []byte, widest int, blocks bool, clear int) []byte {
	out, first := []byte{0x1f, 0x9d, byte(widest)}, 256
	if blocks {
		out[2] |= 0x80
		first = 257
	}
	var bits []byte // one each, of the codes of one width
	width := 9
	align := func() {
		for len(bits)%(8*width) != 0 {
			bits = append(bits, 0)
		}
		for i := 0; i < len(bits); i += 8 {
			c := byte(0)
			for k, b := range bits[i : i+8] {
				c |= b << k
			}
			out = append(out, c)
		}
		bits = nil
	}
	put := func(code int) {
		for k := range width {
			bits = append(bits, byte(code>>k&1))
		}
	}
	table := map[int]int{} // by the code of a string and the byte behind it
	word := -1             // the code of what was not written yet
	for _, c := range data {
		if word < 0 {
			word = int(c)
			continue
		}
		next := word<<8 | int(c)
		if longer, ok := table[next]; ok {
			word = longer
			continue
		}
		put(word)
		if n := first + len(table); n < 1<<widest {
			table[next] = n
			if n == 1<<width && width < widest {
				align()
				width++
			}
		}
		word = int(c)
		if clear > 0 && len(table) >= clear && blocks {
			put(word)
			put(256)
			align()
			word, table, width = -1, map[int]int{}, 9
		}
	}
	if word >= 0 {
		put(word)
	}
	for len(bits)%8 != 0 {
		bits = append(bits, 0)
	}
	width = 1
	align()
	return out
}

// TestCompress unpacks every width of codes, and has gzip unpack the same.
func TestCompress(t *testing.T) {
	gzip := reference.Need(t, "gzip")
	dir := t.TempDir()
	contents := map[string][]byte{
		"code": content(), "one byte": []byte("x"), "same": bytes.Repeat([]byte("a"), 70_000),
		"text": []byte(strings.Repeat("it is what it is; ", 5000)), "noise": firmwaretest.Kernel("", 300_000),
	}
	for name, data := range contents {
		for widest := 9; widest <= 16; widest++ {
			for _, blocks := range []bool{false, true} {
				for _, clear := range []int{0, 100, 5000} {
					if clear > 0 && !blocks {
						continue
					}
					what := fmt.Sprintf("%s, %d bits, blocks %v, cleared at %d", name, widest, blocks, clear)
					packed := compress(data, widest, blocks, clear)
					o, err := stream.Compress.Open(t.Context(), format.InMemory(packed), format.NewBudget(1, 1<<30, 1<<30, 100_000))
					if err != nil || !bytes.Equal(o.Stream, data) || o.Length != int64(len(packed)) {
						t.Fatalf("%s: %v", what, err)
					}
					if stream.Compress.Probe(format.InMemory(packed)) == format.No || !bytes.HasPrefix(data, stream.Compress.Peek(format.InMemory(packed))) {
						t.Errorf("%s: not recognised", what)
					}
					if widest == 9 { // gzip goes on to ten bits
						continue
					}
					file := filepath.Join(dir, "file.Z")
					if err := os.WriteFile(file, packed, 0o600); err != nil {
						t.Fatal(err)
					}
					if got := reference.Run(t, dir, gzip, "-dc", file); !bytes.Equal(got, data) {
						t.Fatalf("%s: gzip reads something else", what)
					}
				}
			}
		}
	}
}

// TestCompressRefused has what is no stream of compress.
func TestCompressRefused(t *testing.T) {
	good := compress(content(), 16, true, 0)
	for name, data := range map[string][]byte{
		"header only": good[:3], "cut in the header": good[:2], "unused bits": append([]byte{0x1f, 0x9d, 0xb0}, good[3:]...),
		"17 bits": append([]byte{0x1f, 0x9d, 0x91}, good[3:]...), "8 bits": append([]byte{0x1f, 0x9d, 0x88}, good[3:]...),
		"code from nowhere":    append([]byte{0x1f, 0x9d, 0x90}, bytes.Repeat([]byte{0xff}, 100)...),
		"begins with a string": append([]byte{0x1f, 0x9d, 0x90}, 0x01, 0x01, 0, 0),
	} {
		if stream.Compress.Probe(format.InMemory(data)) != format.No {
			t.Errorf("%s: is taken for a stream", name)
		}
	}
	bad := bytes.Clone(good)
	for i := range 4 {
		bad[len(bad)/2+i] = 0xff
	}
	o, err := stream.Compress.Open(t.Context(), format.InMemory(bad), format.NewBudget(1, 1<<30, 1<<30, 100))
	if err == nil && len(o.Damage) == 0 && bytes.Equal(o.Stream, content()) {
		t.Error("a broken stream is read as if it were whole")
	}
}
