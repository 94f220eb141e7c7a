package kernel

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestLoaderLines(t *testing.T) {
	for content, want := range map[string]string{
		"W (%d) %s: Not disabling JTAG - SECURITY COMPROMISED":       "[jtag-left]",
		"I (%d) %s: Disable JTAG...":                                 "[jtag-closed]",
		"UART ROM Download mode kept enabled - SECURITY COMPROMISED": "[download-left]",
		"I: Enter the serial recovery mode":                          "[serial-recovery]",
		"JTAG is not disabled":                                       "[]",
	} {
		var got []string
		for _, l := range LoaderLines.See(&firmware.File{Kind: firmware.Raw, Name: "code"}, []byte(strings.Repeat("\x00", 64)+content+"\x00")) {
			got = append(got, l.Kind)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %v, want %s", content, got, want)
		}
	}
}
