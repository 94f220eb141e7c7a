package personaldata

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestSensors(t *testing.T)    { checktest.Run(t, Sensors) }
func TestAtRest(t *testing.T)     { checktest.Run(t, AtRest) }
func TestRecipients(t *testing.T) { checktest.Run(t, Recipients) }

func TestCovered(t *testing.T) {
	names := []string{"api.example.com", "*.cloud.example.com"}
	for host, want := range map[string]bool{
		"api.example.com": true, "x.api.example.com": false, "a.cloud.example.com": true, "cloud.example.com": false, "evilcloud.example.com": false,
	} {
		if got := covered(names, host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func TestSpeaksOf(t *testing.T) {
	for _, tt := range []struct {
		kind, text string
		want       bool
	}{
		{"camera", "camera", true},
		{"camera", "front_camera", true},
		{"camera", "video stream", true},
		{"wifi", "wlan0", true},
		{"bluetooth", "table", false},
		{"microphone", "temperature", false},
		{"location", "gps", true},
	} {
		if got := speaksOf(tt.kind, tt.text); got != tt.want {
			t.Errorf("%s in %q: %v", tt.kind, tt.text, got)
		}
	}
}
func TestNotice(t *testing.T) { checktest.Run(t, Notice) }

func TestResidue(t *testing.T)   { checktest.Run(t, Residue) }
func TestTelemetry(t *testing.T) { checktest.Run(t, Telemetry) }
