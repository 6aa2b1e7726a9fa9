@echo off
chcp 65001 >nul
rem Double-click: makes the environment the first time, then opens the demo in the browser.
rem With words behind it, those are the command instead: start-windows.cmd serve --port 9000
setlocal
cd /d "%~dp0"
set "PYTHON=py -3"
where py >nul 2>nul || set "PYTHON=python"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul || goto no_python
if not exist .venv\Scripts\python.exe goto install
fc /b pyproject.toml .venv\installed.toml >nul 2>nul && goto start

:install
echo 正在准备，第一次要几分钟 / Setting up, a few minutes the first time ...
if not exist .venv\Scripts\python.exe %PYTHON% -m venv .venv || goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --editable . || goto failed
copy /y pyproject.toml .venv\installed.toml >nul

:start
set "COMMAND=%*"
if "%COMMAND%"=="" set "COMMAND=demo"
.venv\Scripts\python -m server %COMMAND%
if errorlevel 1 goto stopped
exit /b 0

:no_python
echo 没有找到 Python 3.11 或更新的版本 / Python 3.11 or newer was not found.
echo 请先安装，安装时勾选 “Add python.exe to PATH” / Install it first: https://www.python.org/downloads/windows/
goto stopped

:failed
echo 安装没有成功，原因见上面 / The installation failed; the reason stands above.

:stopped
pause
exit /b 1
