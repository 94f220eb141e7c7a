package uimage_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/uimage"
)

func multi() []byte {
	table := binary.BigEndian.AppendUint32(nil, 5)
	table = binary.BigEndian.AppendUint32(table, 3)
	table = binary.BigEndian.AppendUint32(table, 0)
	return firmwaretest.UImage("two", slices.Concat(table, []byte("hello\x00\x00\x00abc")), firmwaretest.UImageHeader{Type: 4})
}

func seeds() [][]byte {
	return [][]byte{firmwaretest.UImage("Linux-5.10", []byte("payload"), firmwaretest.UImageHeader{OS: 5, Arch: 2, Type: 2}), multi()}
}

func TestMulti(t *testing.T) {
	data := multi()
	o, err := uimage.Format.Open(t.Context(), format.InMemory(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range o.Parts {
		got = append(got, p.Name+"="+string(data[p.Offset:p.Offset+p.Length]))
	}
	if want := []string{"image-0=hello", "image-1=abc"}; !slices.Equal(got, want) {
		t.Errorf("parts %q, want %q", got, want)
	}
}

// What stands behind the last part, and is in none, is offered.
func TestBehindLast(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIO3x"
	data := firmwaretest.UImage("two", append(multi()[64:], "\x00"+key...), firmwaretest.UImageHeader{Type: 4})
	if !formattest.Offered(t, uimage.Format, data, key) {
		t.Error("not offered")
	}
}

func TestDataChecksum(t *testing.T) {
	data := seeds()[0]
	data[len(data)-1] ^= 1
	o, err := uimage.Format.Open(t.Context(), format.InMemory(data), nil)
	if err != nil || len(o.Damage) != 1 || o.Length != 64 || len(o.Parts) != 0 {
		t.Errorf("damaged data: %+v, %v; want the header alone, with damage", o, err)
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, uimage.Format, seeds()...) }

func FuzzUImage(f *testing.F) { formattest.Fuzz(f, uimage.Format, seeds()...) }
