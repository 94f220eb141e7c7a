package updates

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestUpdateScript(t *testing.T)   { checktest.Run(t, UpdateScript) }
func TestMechanism(t *testing.T)      { checktest.Run(t, Mechanism) }
func TestDeviceVerifies(t *testing.T) { checktest.Run(t, DeviceVerifies) }
func TestTransport(t *testing.T)      { checktest.Run(t, Transport) }

func TestSoundsLikeUpdate(t *testing.T) {
	for url, want := range map[string]bool{
		"http://iot.example.invalid/firmware/v2.bin": true,
		"http://ota.example.invalid/":                true,
		"http://example.invalid/api/update":          true,
		"http://project.example.invalid":             false,
		"http://notable.example.invalid/page":        false,
	} {
		if got := soundsLikeUpdate(url); got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}

func TestImageSignature(t *testing.T)    { checktest.Run(t, ImageSignature) }
func TestSignatureStrength(t *testing.T) { checktest.Run(t, SignatureStrength) }
func TestRollback(t *testing.T)          { checktest.Run(t, Rollback) }
func TestVerifiedBoot(t *testing.T)      { checktest.Run(t, VerifiedBoot) }
