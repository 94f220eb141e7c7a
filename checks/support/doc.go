// Package support holds the checks of the principle that buyers know how long
// security updates come.
package support
