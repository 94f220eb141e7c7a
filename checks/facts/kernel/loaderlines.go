package kernel

import (
	"bytes"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// LoaderLine is a message in a boot loader of a microcontroller that is there only
// if the loader was built in a certain way.
type LoaderLine struct {
	Kind     string         `json:"kind"`
	Location assay.Location `json:"location"`
}

// Kinds of LoaderLine.
const (
	JTAGLeft       = "jtag-left"     // secure boot is switched on without closing JTAG
	JTAGClosed     = "jtag-closed"   // it is closed then
	DownloadLeft   = "download-left" // the chip's own loader stays reachable then
	SerialRecovery = "serial-recovery"
)

// loaderLines are messages of ESP-IDF's boot loader (secure_boot_secure_features.c,
// and secure_boot.c before) and of MCUboot's for Zephyr (main.c).
var loaderLines = []struct{ kind, line string }{
	{JTAGLeft, "Not disabling JTAG - SECURITY COMPROMISED"},
	{JTAGClosed, "Disable JTAG..."},
	{JTAGClosed, "Disable hardware & software JTAG..."},
	{DownloadLeft, "UART ROM Download mode kept enabled - SECURITY COMPROMISED"},
	{SerialRecovery, "Enter the serial recovery mode"},
}

// LoaderLines are such messages in flat code.
var LoaderLines = &facts.Scan[LoaderLine]{
	Name: "loader-lines",
	Doc:  "Messages in boot loaders of microcontrollers that say how they were built: whether they close JTAG and download modes, and whether they take images over a serial line.",
	Want: func(f *firmware.File) bool { return f.Kind == firmware.Raw && f.Size >= 64 },
	See: func(f *firmware.File, content []byte) (found []LoaderLine) {
		for _, l := range loaderLines {
			if at := bytes.Index(content, []byte(l.line)); at >= 0 {
				found = append(found, LoaderLine{l.kind, facts.AtSpan(f, at, at+len(l.line))})
			}
		}
		return found
	},
}
