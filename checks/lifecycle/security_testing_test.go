package lifecycle

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestSecurityTesting(t *testing.T) {
	checktest.Run(t, SecurityTesting)
}
