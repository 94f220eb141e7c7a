package main

import "github.com/spf13/cobra"

// newDataCommand is "assay data". Each command below it has a file of its own.
func (p *program) newDataCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "data", Short: "Build and look into offline data that checks are given with --data", Args: noArgs, RunE: help,
		Long: `Data makes offline data of files that you downloaded. Nothing here asks the network.
Give the folder to "assay check", "assay inspect" or "assay label" with --data.`,
	}
	c.AddCommand(p.dataImportCommand())
	return c
}

// dataFolders are what must be readable for offline data.
func dataFolders(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
