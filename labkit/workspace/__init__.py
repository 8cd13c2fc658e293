"""What runs around the notebooks: JupyterLab, the background worker, doctor, status, take-down."""
