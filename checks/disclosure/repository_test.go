package disclosure

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestRepository(t *testing.T) {
	checktest.Run(t, Repository)
}
