package lzma_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	mikel "github.com/mikelolasagasti/xz"
	"github.com/ulikunitz/xz"
	ulikunitz "github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/lzma"
)

// contents are data of several kinds: code, zeros, noise, text, nothing.
func contents() map[string][]byte {
	noise := make([]byte, 100_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	code := bytes.Repeat([]byte{0, 0, 0xa0, 0xe1, 7, 1, 0, 0xeb, 0xe8, 1, 2, 0, 0, 0x90, 0x10, 0x20, 0x94, 0x40, 0, 0x90}, 5000)
	for i := range code { // so that it is no plain repetition
		if i%7 == 0 {
			code[i] ^= noise[i] & 3
		}
	}
	return map[string][]byte{
		"kernel": firmwaretest.Kernel("5.10.1", 300_000), "zeros": make([]byte, 500_000), "noise": noise, "code": code,
		"text": []byte(strings.Repeat("a line of text, and another\n", 3000)), "byte": {7},
		"mixed": slices.Concat(noise[:70_000], make([]byte, 70_000), code, noise),
	}
}

// grow is a Room without an end.
func grow(out []byte, n int) ([]byte, error) { return slices.Grow(out, n), nil }

func alone(src []byte) ([]byte, *lzma.Decoder, error) { return aloneFrom(src, nil) }

// aloneFrom decodes a .lzma file in steps.
func aloneFrom(src []byte, more io.Reader) ([]byte, *lzma.Decoder, error) {
	var d lzma.Decoder
	h, err := lzma.ParseAlone(src)
	if err == nil {
		err = d.Reset(h.Props, src[lzma.AloneHeader:], more)
	}
	var out []byte
	for err == nil && (h.Size < 0 || int64(len(out)) < h.Size) {
		step := 1000
		if h.Size >= 0 {
			step = int(min(1000, h.Size-int64(len(out))))
		}
		out = slices.Grow(out, step)
		out, err = d.Decode(out, len(out)+step)
		if len(out) > 16<<20 {
			err = lzma.ErrTooLong
		}
	}
	if err == io.EOF {
		err = nil
	}
	return out, &d, err
}

// pack has a tool pack data.
func pack(t testing.TB, data []byte, args ...string) []byte {
	t.Helper()
	tool, err := exec.LookPath(args[0])
	if err != nil {
		t.Skipf("%s is not installed", args[0])
	}
	cmd := exec.Command(tool, args[1:]...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("%v: %v", args, err)
	}
	return out
}

// TestAlone decodes what xz writes, from memory and through a reader that gives
// single bytes.
func TestAlone(t *testing.T) {
	for _, options := range []string{"-9", "--lzma1=lc=0,lp=4,pb=4", "--lzma1=lc=4,lp=0,pb=1", "--lzma1=mode=fast,nice=8"} {
		for name, data := range contents() {
			packed := pack(t, data, "xz", "--format=lzma", "-c", options)
			got, d, err := alone(packed)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s %s: %v, %d bytes of %d", options, name, err, len(got), len(data))
			}
			if d.Taken() != int64(len(packed)-lzma.AloneHeader) || !d.Clean() {
				t.Errorf("%s %s: %d bytes taken of %d, clean %v", options, name, d.Taken(), len(packed)-lzma.AloneHeader, d.Clean())
			}
			if name != "kernel" {
				continue
			}
			got, d, err = aloneFrom(packed[:20], iotest.OneByteReader(bytes.NewReader(packed[20:])))
			if err != nil || !bytes.Equal(got, data) || d.Taken() != int64(len(packed)-lzma.AloneHeader) {
				t.Errorf("%s %s, byte by byte: %v, %d bytes of %d", options, name, err, len(got), len(data))
			}
		}
	}
}

// TestSized decodes streams with a length and no mark.
func TestSized(t *testing.T) {
	for name, data := range contents() {
		var b bytes.Buffer
		w, err := ulikunitz.WriterConfig{Size: int64(len(data)), SizeInHeader: true}.NewWriter(&b)
		if err == nil {
			_, err = w.Write(data)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		got, d, err := alone(b.Bytes())
		if err != nil || !bytes.Equal(got, data) || !d.Clean() {
			t.Errorf("%s: %v, %d bytes of %d, clean %v", name, err, len(got), len(data), d.Clean())
		}
		// Whoever does not know the length comes to the end of the input.
		h, _ := lzma.ParseAlone(b.Bytes())
		var unsized lzma.Decoder
		_ = unsized.Reset(h.Props, b.Bytes()[lzma.AloneHeader:], nil)
		got, err = unsized.Decode(make([]byte, 0, len(data)+100), len(data)+100)
		if err != lzma.ErrShort || !unsized.Clean() || !bytes.HasPrefix(got, data) {
			t.Errorf("%s without its length: %v, %d bytes of %d, clean %v", name, err, len(got), len(data), unsized.Clean())
		}
	}
}

// TestXZ decodes what xz writes with every filter and check.
func TestXZ(t *testing.T) {
	for _, options := range []string{
		"-9", "-0", "--check=none", "--check=crc32", "--check=sha256", "--block-size=30000", "--lzma2=lc=0,lp=2,pb=0",
		"--x86 --lzma2", "--arm --lzma2", "--armthumb --lzma2", "--arm64 --lzma2", "--powerpc --lzma2", "--ia64 --lzma2", "--sparc --lzma2",
		"--delta=dist=4 --lzma2", "--x86=start=4096 --delta --lzma2", "--arm64=start=65536 --lzma2",
	} {
		for name, data := range contents() {
			if strings.HasSuffix(options, "--lzma2") && name != "code" && name != "mixed" {
				continue
			}
			packed := pack(t, data, append([]string{"xz", "-c", "-T1"}, strings.Fields(options)...)...)
			var d lzma.Decoder
			got, err := d.XZ(nil, packed, nil, grow)
			if err != nil || !bytes.Equal(got, data) || d.Taken() != int64(len(packed)) {
				t.Errorf("%s %s: %v, %d bytes of %d, %d taken of %d", options, name, err, len(got), len(data), d.Taken(), len(packed))
			}
			if size := lzma.SizeXZ(format.InMemory(packed).Peek); size != int64(len(data)) {
				t.Errorf("%s %s: says that it unpacks to %d bytes of %d", options, name, size, len(data))
			}
			if name != "mixed" {
				continue
			}
			two := slices.Concat(packed, make([]byte, 8), packed, []byte("end"))
			got, err = d.XZ(nil, two[:100], bytes.NewReader(two[100:]), grow)
			if err == nil {
				got, err = d.NextXZ(got, grow)
			}
			if err != nil || !bytes.Equal(got, slices.Concat(data, data)) || d.Taken() != int64(len(two)-3) {
				t.Errorf("%s %s, twice: %v", options, name, err)
			}
			if _, err = d.NextXZ(got, grow); err != io.EOF || d.Taken() != int64(len(two)-3) {
				t.Errorf("%s %s: %v after the last stream", options, name, err)
			}
		}
	}
}

// TestBranches has every filter undo what xz did to programs of this machine.
func TestBranches(t *testing.T) {
	exe, err := exec.LookPath("xz")
	if err != nil {
		t.Skip("xz is not installed")
	}
	data := pack(t, nil, "cat", exe)
	for _, filter := range []string{"x86", "arm", "armthumb", "arm64", "powerpc", "ia64", "sparc"} {
		var d lzma.Decoder
		got, err := d.XZ(nil, pack(t, data, "xz", "-c", "--"+filter, "--lzma2=preset=0"), nil, grow)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %v", filter, err)
		}
	}
}

// TestDamaged wants every changed byte of an xz stream to be noticed.
func TestDamaged(t *testing.T) {
	data := firmwaretest.Kernel("1", 3000)
	packed := pack(t, data, "xz", "-c", "--block-size=1500")
	for i := range packed {
		bad := slices.Clone(packed)
		bad[i] ^= 1 << (i % 8)
		var d lzma.Decoder
		if got, err := d.XZ(nil, bad, nil, grow); err == nil {
			t.Errorf("byte %d of %d: no error, same data %v", i, len(packed), bytes.Equal(got, data))
		}
		if _, err := d.XZ(nil, packed[:i], nil, grow); err == nil {
			t.Errorf("cut at %d: no error", i)
		}
	}
}

func TestNoRoom(t *testing.T) {
	data := firmwaretest.Kernel("1", 3000)
	packed := pack(t, data, "xz", "-c")
	var d lzma.Decoder
	if got, err := d.XZ(make([]byte, 0, 2999), packed, nil, lzma.NoMore); err != lzma.ErrTooLong || !bytes.Equal(got, data[:2999]) {
		t.Error(err)
	}
	if got, err := d.XZ(make([]byte, 0, 3000), packed, nil, lzma.NoMore); err != nil || !bytes.Equal(got, data) {
		t.Error(err)
	}
}

const fuzzed = 1 << 20 // bytes that a fuzzed stream may unpack to

func limited(out []byte, n int) ([]byte, error) {
	if len(out)+n > fuzzed {
		return out, lzma.ErrTooLong
	}
	return slices.Grow(out, n), nil
}

// FuzzAlone compares with another decoder: where both find an end, they found
// the same bytes.
func FuzzAlone(f *testing.F) {
	for _, data := range [][]byte{firmwaretest.Kernel("1", 2000), make([]byte, 5000), []byte("text text text text")} {
		for _, p := range []ulikunitz.Properties{{LC: 3, PB: 2}, {LC: 0, LP: 2, PB: 0}} {
			var b bytes.Buffer
			w, err := ulikunitz.WriterConfig{Properties: &p, DictCap: 1 << 16}.NewWriter(&b)
			if err != nil {
				f.Fatal(err)
			}
			_, _ = w.Write(data)
			_ = w.Close()
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		got, _, err := alone(packed)
		if h, herr := lzma.ParseAlone(packed); herr != nil || err != nil || len(got) > fuzzed || h.Dict > 1<<20 {
			return
		}
		r, err := ulikunitz.ReaderConfig{DictCap: 1 << 20}.NewReader(bytes.NewReader(packed))
		if err != nil {
			return
		}
		want, err := io.ReadAll(io.LimitReader(r, fuzzed+1))
		if err == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, the other decoder has %d", len(got), len(want))
		}
	})
}

// FuzzXZ compares with two other decoders: what one of them reads too is the
// same, and what both of them take is not refused. Each of them alone takes
// some streams that xz calls corrupt.
func FuzzXZ(f *testing.F) {
	for _, data := range [][]byte{firmwaretest.Kernel("1", 2000), make([]byte, 5000), []byte("text text text text")} {
		var b bytes.Buffer
		w, err := xz.WriterConfig{DictCap: 1 << 16, CheckSum: xz.CRC32}.NewWriter(&b)
		if err != nil {
			f.Fatal(err)
		}
		_, _ = w.Write(data)
		_ = w.Close()
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		var d lzma.Decoder
		got, err := d.XZ(nil, packed, nil, limited)
		if errors.Is(err, lzma.ErrTooLong) {
			return
		}
		r, otherErr := mikel.NewReader(bytes.NewReader(packed), 1<<24)
		if otherErr != nil {
			return
		}
		r.Multistream(false)
		want, otherErr := io.ReadAll(io.LimitReader(r, fuzzed+1))
		if err == nil && otherErr == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, the other decoder has %d", len(got), len(want))
		}
		if err != nil && otherErr == nil && taken(packed) {
			t.Errorf("refused (%v), the other decoders have %d bytes", err, len(want))
		}
	})
}

// taken asks the second decoder.
func taken(packed []byte) bool {
	r, err := xz.ReaderConfig{SingleStream: true, DictCap: 1 << 20}.NewReader(bytes.NewReader(packed))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, io.LimitReader(r, fuzzed+1))
	return err == nil
}

func BenchmarkXZ(b *testing.B) {
	exe, err := exec.LookPath("openssl")
	if err != nil {
		b.Skip("openssl is not installed")
	}
	data := pack(b, nil, "cat", exe)
	packed := pack(b, data, "xz", "-c")
	out := make([]byte, 0, len(data))
	b.SetBytes(int64(len(data)))
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		var d lzma.Decoder
		for b.Loop() {
			if _, err := d.XZ(out, packed, nil, lzma.NoMore); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("mikelolasagasti", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r, err := mikel.NewReader(bytes.NewReader(packed), 0)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Of a cut stream all is given that was decoded, as xz does.
func TestCutChunk(t *testing.T) {
	data := contents()["kernel"]
	packed := pack(t, data, "xz", "--check=none", "-c")
	for _, size := range []int{len(packed) / 3, len(packed) / 2, len(packed) * 9 / 10} {
		var d lzma.Decoder
		got, err := d.XZ(nil, packed[:size], nil, grow)
		if !errors.Is(err, lzma.ErrShort) || !bytes.HasPrefix(data, got) || len(got) < len(data)*size/len(packed)/2 {
			t.Errorf("%d of %d bytes: %v, %d bytes of %d", size, len(packed), err, len(got), len(data))
		}
	}
}
