"""bangda 帮答: ranked approved replies and compliance warnings for shop agents."""

__version__ = "0.1.0"
