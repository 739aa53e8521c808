package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"latchkey/accounts/core"
)

func linksCommand(out *env) *cobra.Command {
	links := &cobra.Command{Use: "links", Short: "links that were sent or handed over"}
	links.AddCommand(&cobra.Command{
		Use:   "end-all",
		Short: "end every link and every sign-in that is not complete, such as after a backup was restored",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			if err := mustExist(cfg); err != nil {
				return err
			}
			return out.withApp(cmd, func(a *app) error {
				links, sessions, err := a.accounts.Links.EndAll(cmd.Context(), core.CommandLine)
				if err != nil {
					return a.inWords(err)
				}
				_, err = fmt.Fprintf(out.stdout, "Links ended: %d\nIncomplete sign-ins ended: %d\n", links, sessions)
				return err
			})
		},
	})
	return links
}
