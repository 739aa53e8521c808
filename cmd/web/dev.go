package main

import (
	"github.com/spf13/cobra"
)

const devFlag = "dev"

// addDevFlag adds a flag without a setting, so that a file cannot switch the development pages on.
func addDevFlag(cmd *cobra.Command) {
	cmd.Flags().Bool(devFlag, false, "serve samples of all pages and mails under /dev/pages, for everybody")
}

func isDev(cmd *cobra.Command) bool {
	dev, err := cmd.Flags().GetBool(devFlag)
	return err == nil && dev // commands that do not serve have no such flag
}
