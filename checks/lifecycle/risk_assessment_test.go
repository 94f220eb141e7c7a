package lifecycle

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestRiskAssessment(t *testing.T) {
	checktest.Run(t, RiskAssessment)
}
