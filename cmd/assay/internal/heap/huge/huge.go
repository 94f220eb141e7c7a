// Package huge has the heap lie in huge pages. It does so while packages are
// initialized, and as one of the first: packages come in the order of their paths as
// soon as what they need is there, so this one needs next to nothing. It cannot even
// need runtime/debug, before which most modules come that are linked in, and with them
// most of what a short command allocates.
package huge
