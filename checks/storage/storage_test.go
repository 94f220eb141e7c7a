package storage

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestAPIToken(t *testing.T)         { checktest.Run(t, APIToken) }
func TestWeakKey(t *testing.T)          { checktest.Run(t, WeakKey) }
func TestPrivateKey(t *testing.T)       { checktest.Run(t, PrivateKey) }
func TestKeyOfCertificate(t *testing.T) { checktest.Run(t, KeyOfCertificate) }
func TestDeviceIdentity(t *testing.T)   { checktest.Run(t, DeviceIdentity) }
func TestFileMode(t *testing.T)         { checktest.Run(t, FileMode) }

func TestKnownKey(t *testing.T)        { checktest.Run(t, KnownKey) }
func TestFlashEncryption(t *testing.T) { checktest.Run(t, FlashEncryption) }
