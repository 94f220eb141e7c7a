package disclosure

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestPolicy(t *testing.T) {
	checktest.Run(t, Policy)
}
