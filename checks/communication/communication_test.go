package communication

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestTLSVerification(t *testing.T)   { checktest.Run(t, TLSVerification) }
func TestCertificate(t *testing.T)       { checktest.Run(t, Certificate) }
func TestTLSSettings(t *testing.T)       { checktest.Run(t, TLSSettings) }
func TestCleartextEndpoint(t *testing.T) { checktest.Run(t, CleartextEndpoint) }
func TestOpenShell(t *testing.T)         { checktest.Run(t, OpenShell) }
func TestCleartextService(t *testing.T)  { checktest.Run(t, CleartextService) }
func TestWebWithoutTLS(t *testing.T)     { checktest.Run(t, WebWithoutTLS) }
func TestSSHConfiguration(t *testing.T)  { checktest.Run(t, SSHConfiguration) }
func TestUndeclaredService(t *testing.T) { checktest.Run(t, UndeclaredService) }
