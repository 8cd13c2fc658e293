//go:build tools

package main

import (
	_ "github.com/theupdateframework/notary/cmd/notary"
)
