package stream

import (
	"bytes"
	"context"
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// KernelConfig is the configuration that a Linux kernel was built with, as the
// option IKCONFIG keeps it in the kernel: gzip between two marks
// (kernel/configs.c in Linux).
var KernelConfig = &format.Format{
	Name:     "ikconfig",
	Magics:   []format.Magic{{Bytes: configStart}},
	Anywhere: true,
	Probe:    probeConfig,
	Open:     openConfig,
}

const (
	configStart, configEnd = "IKCFG_ST", "IKCFG_ED"
	configName             = "config"
)

func probeConfig(in format.Input) format.Likeness {
	if string(in.Head(len(configStart)+3)) != configStart+"\x1f\x8b\x08" {
		return format.No
	}
	return probeGzip(in.Section(int64(len(configStart)), in.Size))
}

func openConfig(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	start := int64(len(configStart))
	o, err := openGzip(ctx, in.Section(start, in.Size-start), b)
	if err != nil {
		return nil, err
	}
	end := start + o.Length
	if string(in.Peek(end, len(configEnd))) != configEnd {
		return nil, errors.New("no mark at the end")
	}
	o.Length, o.StreamName = end+int64(len(configEnd)), configName
	return o, nil
}

// isKernel reports whether bytes have the banner of a Linux kernel.
func isKernel(b []byte) bool { return bytes.Contains(b, []byte("Linux version ")) }
