package main

import (
	"github.com/spf13/cobra"
)

const devFlag = "dev"

// addDevFlag is a flag and no setting: nobody should have the development pages by what stands in a file.
func addDevFlag(cmd *cobra.Command) {
	cmd.Flags().Bool(devFlag, false, "serve samples of all pages and mails under /dev/pages, for everybody")
}

func isDev(cmd *cobra.Command) bool {
	dev, err := cmd.Flags().GetBool(devFlag)
	return err == nil && dev // commands that do not serve have no such flag
}
