package stream_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/stream"
)

var formats = map[string]*format.Format{
	"gzip": stream.Gzip, "xz": stream.XZ, "zstd": stream.Zstd, "bzip2": stream.Bzip2, "lz4": stream.LZ4, "lzma": stream.LZMA,
	"zlib": stream.Zlib, "long zlib": stream.LongZlib, "lzop": stream.LZOP, "compress": stream.Compress,
}

func content() []byte { return firmwaretest.Kernel("5.10.1", 100_000) }

// bzip2Hello is "hello\n"; no bzip2 writer is at hand in Go.
var bzip2Hello = []byte("BZh91AY&SY\xc1\xc0\x80\xe2\x00\x00\x01\x41\x00\x00\x10\x02\x44\xa0\x00\x30\xcd\x00\xc3\x46\x29\x97\x17\x72\x45\x38\x50\x90\xc1\xc0\x80\xe2")

func pack(t testing.TB, f func(w io.Writer) (io.WriteCloser, error), data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := f(&b)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func seeds(t testing.TB, data []byte) map[string][]byte {
	return map[string][]byte{
		"gzip":  pack(t, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }, data),
		"xz":    pack(t, func(w io.Writer) (io.WriteCloser, error) { return xz.WriterConfig{DictCap: 1 << 16}.NewWriter(w) }, data),
		"zstd":  pack(t, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }, data),
		"lz4":   pack(t, func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }, data),
		"lzma":  pack(t, func(w io.Writer) (io.WriteCloser, error) { return lzma.WriterConfig{DictCap: 1 << 16}.NewWriter(w) }, data),
		"zlib":  pack(t, func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }, data),
		"lzop":  lzop(data),
		"bzip2": bzip2Hello,

		"compress": compress(data, 12, true, 0),
	}
}

// lzop stores data as lzop does what it cannot pack; the tool packs in
// TestReference.
func lzop(data []byte) []byte {
	be := binary.BigEndian
	head := be.AppendUint16(nil, 0x1030)
	head = be.AppendUint16(be.AppendUint16(head, 0x2080), 0x0940)
	head = append(head, 1, 5)
	head = be.AppendUint32(be.AppendUint32(head, 1), 0o100644) // sums of what is unpacked; the mode
	head = append(append(head, 0, 0, 0, 1, 0, 0, 0, 0, 4), "name"...)
	out := be.AppendUint32(append([]byte("\x89LZO\x00\r\n\x1a\n"), head...), adler32.Checksum(head))
	for len(data) > 0 {
		piece := data[:min(len(data), 256<<10)]
		data = data[len(piece):]
		out = be.AppendUint32(be.AppendUint32(out, uint32(len(piece))), uint32(len(piece)))
		out = append(be.AppendUint32(out, adler32.Checksum(piece)), piece...)
	}
	return be.AppendUint32(out, 0)
}

func open(t *testing.T, f *format.Format, data []byte) (*format.Opened, error) {
	return f.Open(t.Context(), format.InMemory(data), format.NewBudget(10, 1<<30, 1<<28, 4096))
}

// TestLength wants each stream to end where it ends, whatever follows.
func TestLength(t *testing.T) {
	for name, packed := range seeds(t, content()) {
		if name == "compress" {
			continue // has no end
		}
		for _, tail := range []string{"", "\x00\x00\x00", "trailing bytes that belong to something else", "\x00\x00\x00\x00\x00BZ\x1f\x8b\x08"} {
			o, err := open(t, formats[name], append(slices.Clone(packed), tail...))
			if err != nil {
				t.Errorf("%s with %d bytes behind: %v", name, len(tail), err)
				continue
			}
			want := content()
			if name == "bzip2" {
				want = []byte("hello\n")
			}
			if !bytes.Equal(o.Stream, want) || len(o.Damage) > 0 {
				t.Errorf("%s with %d bytes behind: %d bytes, damage %v", name, len(tail), len(o.Stream), o.Damage)
			}
			if o.Length != int64(len(packed)) {
				t.Errorf("%s: length %d, want %d", name, o.Length, len(packed))
			}
		}
	}
}

// TestSeveral wants streams that follow at once to be read as one.
func TestSeveral(t *testing.T) {
	for _, name := range []string{"gzip", "xz", "zstd", "bzip2"} {
		packed := seeds(t, content())[name]
		o, err := open(t, formats[name], slices.Concat(packed, packed, []byte("end")))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if o.Length != int64(2*len(packed)) {
			t.Errorf("%s: length %d, want twice %d", name, o.Length, len(packed))
		}
	}
}

// TestBroken wants what was unpacked before the break, and the damage.
func TestBroken(t *testing.T) {
	big := firmwaretest.Kernel("5.10.1", 1<<20)
	for name, packed := range seeds(t, big) {
		if name == "bzip2" || name == "lz4" || name == "compress" {
			continue // one small block, or no end to miss
		}
		o, err := open(t, formats[name], packed[:len(packed)*3/4])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(o.Damage) != 1 || !bytes.HasPrefix(big, o.Stream) || len(o.Stream) < 64<<10 {
			t.Errorf("%s: damage %v, %d bytes", name, o.Damage, len(o.Stream))
		}
	}
}

// TestBombs wants a stream that unpacks to far more than it should to be refused.
func TestBombs(t *testing.T) {
	for name, packed := range seeds(t, make([]byte, 20<<20)) {
		if name == "bzip2" || name == "lz4" || name == "lzop" { // lz4 cannot do better than 1:255
			continue
		}
		_, err := formats[name].Open(context.Background(), format.InMemory(packed), format.NewBudget(10, 1<<30, 1<<28, 100))
		o, _ := formats[name].Open(context.Background(), format.InMemory(packed), format.NewBudget(10, 1<<30, 1<<28, 100))
		if err == nil && (o == nil || len(o.Damage) == 0) {
			t.Errorf("%s: ratio of %d was not refused", name, 20<<20/len(packed))
		}
		_, err = formats[name].Open(context.Background(), format.InMemory(packed), format.NewBudget(10, 1<<20, 1<<28, 1<<30))
		if err != nil && !errors.Is(err, format.ErrLimit) {
			t.Errorf("%s: total bytes: %v", name, err)
		}
	}
}

// TestDictionary wants a dictionary of gigabytes to be refused.
func TestDictionary(t *testing.T) {
	packed := seeds(t, content())["lzma"]
	binary.LittleEndian.PutUint32(packed[1:], 1<<31)
	if stream.LZMA.Probe(format.InMemory(packed)) != format.No {
		t.Error("lzma with a dictionary of 2 GiB was taken")
	}
}

// TestReference reads what the usual tools write.
func TestReference(t *testing.T) {
	for _, c := range []struct {
		format string
		args   string
	}{
		{"gzip", "gzip -9n"},
		{"xz", "xz -9"},
		{"xz", "xz --check=crc32 --arm --lzma2"},
		{"xz", "xz --x86 --lzma2"},
		{"xz", "xz --check=none"},
		{"xz", "xz --block-size=20000 --check=sha256"},
		{"xz", "xz --delta=dist=4 --lzma2"},
		{"lzma", "xz --format=lzma -7"},
		{"lzma", "xz --format=lzma --lzma1=lc=1,lp=2,pb=2"},
		{"zstd", "zstd -19 -q"},
		{"zstd", "zstd -q --no-check"},
		{"bzip2", "bzip2"},
		{"lz4", "lz4 -q"},
		{"lz4", "lz4 -q -l"},
		{"lz4", "lz4 -q -BD -B4"},
		{"lzop", "lzop -q"},
		{"lzop", "lzop -q -9"},
		{"lzop", "lzop -q --crc32"},
		{"lzop", "lzop -q -F"},
	} {
		args := strings.Fields(c.args)
		tool, err := exec.LookPath(args[0])
		if err != nil {
			t.Logf("%s is not installed: skipped", args[0])
			continue
		}
		args[0] = "-c"
		cmd := exec.Command(tool, args...)
		if c.args[:3] != "xz " {
			cmd.Args = append(cmd.Args, "-")
		}
		cmd.Stdin = bytes.NewReader(content())
		packed, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		o, err := open(t, formats[c.format], packed)
		if err != nil || !bytes.Equal(o.Stream, content()) || len(o.Damage) > 0 || o.Length != int64(len(packed)) {
			t.Errorf("%s: %v", c.args, err)
		}
	}
}

func TestMutated(t *testing.T) {
	for name, packed := range seeds(t, firmwaretest.Kernel("1", 2000)) {
		formattest.Mutate(t, formats[name], packed)
	}
}

func fuzz(f *testing.F, name string) {
	formattest.Fuzz(f, formats[name], seeds(f, firmwaretest.Kernel("1", 2000))[name])
}

func FuzzGzip(f *testing.F)  { fuzz(f, "gzip") }
func FuzzXZ(f *testing.F)    { fuzz(f, "xz") }
func FuzzZstd(f *testing.F)  { fuzz(f, "zstd") }
func FuzzBzip2(f *testing.F) { fuzz(f, "bzip2") }
func FuzzLZ4(f *testing.F)   { fuzz(f, "lz4") }
func FuzzZlib(f *testing.F)  { fuzz(f, "zlib") }
func FuzzLZOP(f *testing.F)  { fuzz(f, "lzop") }
func FuzzLZMA(f *testing.F)  { fuzz(f, "lzma") }

func FuzzCompress(f *testing.F) { fuzz(f, "compress") }

// TestLegacy reads the lz4 frame of kernels, with the kernel's length behind it.
func TestLegacy(t *testing.T) {
	tool := reference.Need(t, "lz4")
	for _, size := range []int{1, 100_000, 8 << 20, 8<<20 + 1, 20 << 20} {
		data := firmwaretest.Kernel("5.10.1", max(size, 100))[:size]
		cmd := exec.Command(tool, "-l", "-c", "-q", "-")
		cmd.Stdin = bytes.NewReader(data)
		packed, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []int{size, 3} { // the second is the length of a block
			if size%(8<<20) == 0 && word != size {
				continue // which then follows, for all that one can tell
			}
			behind := binary.LittleEndian.AppendUint32(nil, uint32(word))
			o, err := open(t, stream.LZ4, slices.Concat(packed, behind, make([]byte, 30<<20)))
			if err != nil || !bytes.Equal(o.Stream, data) || len(o.Damage) > 0 {
				t.Errorf("%d bytes: %v", size, err)
			} else if o.Length != int64(len(packed)) {
				t.Errorf("%d bytes: length %d, want %d", size, o.Length, len(packed))
			}
		}
	}
}

// TestLongZlib finds a kernel in the middle of something, and neither a picture
// nor chance bytes.
func TestLongZlib(t *testing.T) {
	zlib := func(data []byte) []byte { return seeds(t, data)["zlib"] }
	kernel := firmwaretest.Kernel("5.10.1", 300_000)
	noise := make([]byte, 4<<20)
	for i, seed := 0, uint64(1); i < len(noise); i++ {
		seed = seed*6364136223846793005 + 1442695040888963407
		noise[i] = byte(seed >> 56)
	}
	for name, c := range map[string]struct {
		image []byte
		types string
	}{
		"kernel":   {slices.Concat(noise[:50_000], zlib(kernel), noise[:50_000]), "raw zlib"},
		"archive":  {slices.Concat(noise[:50_000], zlib(firmwaretest.Cpio(firmwaretest.Binary("x", 0o644, noise[:80_000]))), noise[:50_000]), "raw zlib cpio"},
		"small":    {slices.Concat(noise[:50_000], zlib(kernel[:40_000]), noise[:50_000]), "raw"},
		"picture":  {slices.Concat(noise[:50_000], zlib(noise[:100_000]), noise[:50_000]), "raw"},
		"broken":   {slices.Concat(noise[:50_000], zlib(kernel)[:2000], noise[:50_000]), "raw"},
		"noise":    {noise, "raw"},
		"at start": {zlib(kernel[:40_000]), "zlib"},
	} {
		var types []string
		for _, k := range reference.Open(t, c.image).Containers {
			types = append(types, k.Type)
		}
		if got := strings.Join(types, " "); got != c.types {
			t.Errorf("%s: containers %q, want %q", name, got, c.types)
		}
	}
}

// TestKernelConfig finds the configuration of a kernel as a file.
func TestKernelConfig(t *testing.T) {
	text := strings.Repeat("CONFIG_MIPS=y\n# CONFIG_MODULES is not set\n", 100)
	config := slices.Concat([]byte("IKCFG_ST"), firmwaretest.Gzip("", []byte(text)), []byte("IKCFG_ED"))
	kernel := firmwaretest.Kernel("5.10.1", 300_000)
	image := firmwaretest.Gzip("", slices.Concat(kernel[:200_000], config, kernel[200_000:]))
	img := reference.Open(t, image)
	f := reference.Find(t, img, "!gzip!ikconfig!config")
	if b, err := f.ReadFile(); err != nil || string(b) != text {
		t.Errorf("%d bytes of the configuration: %v", len(b), err)
	}
	if len(img.Skipped) > 0 {
		t.Errorf("skipped %v", img.Skipped)
	}
	reference.Find(t, img, "!gzip!kernel")
}

func FuzzBrotli(f *testing.F) {
	formattest.Fuzz(f, stream.Brotli, pack(f, func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }, firmwaretest.Kernel("1", 2000)))
}
