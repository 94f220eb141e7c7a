package stream_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/stream"
)

// adb packs a database in each of the three ways.
func adb(t testing.TB, data []byte) [][]byte {
	deflated := pack(t, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 9) }, data)
	return [][]byte{
		slices.Concat([]byte("ADBd"), deflated),
		slices.Concat([]byte("ADBc\x01\x09"), deflated),
		slices.Concat([]byte("ADBc\x02\x03"), pack(t, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }, data)),
	}
}

func TestADB(t *testing.T) {
	data := append([]byte("ADB.indx"), content()...)
	for _, packed := range adb(t, data) {
		o, err := open(t, stream.ADB, append(slices.Clone(packed), "what follows"...))
		if err != nil || !bytes.Equal(o.Stream, data) || o.Length != int64(len(packed)) || len(o.Damage) > 0 {
			t.Errorf("%q: %v", packed[:6], err)
		}
		if o, err := open(t, stream.ADB, packed[:len(packed)*9/10]); err == nil && len(o.Damage) == 0 {
			t.Errorf("%q: no damage where the end is missing", packed[:6])
		}
	}
	for _, other := range append(adb(t, content()), []byte("ADBd"), []byte("ADBc\x03\x00ADB.pckg"), []byte("ADBdADBdADBd")) {
		if stream.ADB.Probe(format.InMemory(other)) != format.No {
			t.Errorf("%q is recognised", other[:4])
		}
	}
	formattest.Mutate(t, stream.ADB, adb(t, append([]byte("ADB.pckg"), firmwaretest.Kernel("1", 2000)...))...)
}

func FuzzADB(f *testing.F) {
	formattest.Fuzz(f, stream.ADB, adb(f, append([]byte("ADB.pckg"), firmwaretest.Kernel("1", 2000)...))...)
}
