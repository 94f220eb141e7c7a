package firmware

import (
	"fmt"
	"io"

	"github.com/assay-iot/assay/firmware/format"
)

// Entropy gives Shannon's entropy of each of n equal cells of the first size
// bytes of r, in bits per byte: what is compressed or encrypted comes near 8,
// code lies around 6, text around 5, padding at 0. Of a cell over 256 KiB, four
// samples of 64 KiB are read. There are fewer cells than n if there are fewer
// bytes.
func Entropy(r io.ReaderAt, size int64, n int) ([]float64, error) {
	in := format.Input{ReaderAt: r, Size: size}
	n = int(min(int64(n), size))
	cells := make([]float64, n)
	for i := range cells {
		from, to := size*int64(i)/int64(n), size*int64(i+1)/int64(n)
		sample, err := sampleCell(in, from, to)
		if err != nil {
			return nil, fmt.Errorf("read at 0x%x: %w", from, err)
		}
		cells[i] = entropy(sample)
	}
	return cells, nil
}

// EntropyOf gives the entropy of length bytes at offset, and of no others. Of a
// run over 1 MiB, sixteen samples of 64 KiB are read.
func EntropyOf(r io.ReaderAt, offset, length int64) (float64, error) {
	sample := sampleOf(format.Input{ReaderAt: io.NewSectionReader(r, offset, length), Size: length})
	if len(sample) == 0 && length > 0 {
		return 0, fmt.Errorf("read at 0x%x: %w", offset, io.ErrUnexpectedEOF)
	}
	return entropy(sample), nil
}

func sampleCell(in format.Input, from, to int64) ([]byte, error) {
	const samples, size = 4, 64 << 10
	if to-from <= samples*size {
		return in.Bytes(from, to-from)
	}
	var all []byte
	for i := range int64(samples) {
		b, err := in.Bytes(from+i*(to-from-size)/(samples-1), size)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}
