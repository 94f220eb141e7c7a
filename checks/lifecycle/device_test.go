package lifecycle

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestBinaryHardening(t *testing.T)    { checktest.Run(t, BinaryHardening) }
func TestDebugInterface(t *testing.T)     { checktest.Run(t, DebugInterface) }
func TestWritablePath(t *testing.T)       { checktest.Run(t, WritablePath) }
func TestKernelHardening(t *testing.T)    { checktest.Run(t, KernelHardening) }
func TestDebugLeftover(t *testing.T)      { checktest.Run(t, DebugLeftover) }
func TestPrivileges(t *testing.T)         { checktest.Run(t, Privileges) }
func TestStaleBuild(t *testing.T)         { checktest.Run(t, StaleBuild) }
func TestRepository(t *testing.T)         { checktest.Run(t, Repository) }
func TestKnownVulnerability(t *testing.T) { checktest.Run(t, KnownVulnerability) }
