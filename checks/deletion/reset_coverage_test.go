package deletion

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestResetCoverage(t *testing.T) { checktest.Run(t, ResetCoverage) }
